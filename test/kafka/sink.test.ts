import { describe, expect, it, onTestFinished } from 'vitest';
import { toKafka, type ToKafkaOptions } from '../../connectors/kafka/index.ts';
import { json } from '../../core/format/json.ts';
import type { SinkRequest } from '../../core/sink.ts';
import { sinkRequestOf } from '../support/connector-contract.ts';
import { readTopic } from '../support/kafka/messages.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

interface Row {
  readonly k: string;
  readonly n: number;
}

const sinkOf = (topic: ToKafkaOptions<Row>['topic'], options: Partial<ToKafkaOptions<Row>> = {}) =>
  toKafka<Row>({ kafka: kafkaClient(), topic, value: json(), key: 'k', ...options });

async function opened(sink: ReturnType<typeof sinkOf>, request: Partial<SinkRequest> = {}) {
  const writer = await sink.open(sinkRequestOf(request));
  onTestFinished(() => writer.close());
  return writer;
}

describe('toKafka at least once', () => {
  it('writes each row once, in order per key, to the partition of its key', async () => {
    const topic = await testTopic(3);
    const writer = await opened(sinkOf(topic, { guarantee: 'at-least-once' }));
    for (let n = 0; n < 300; n++) writer.write({ k: `k${n % 7}`, n }, 1_000 + n);
    await writer.send();
    expect(writer.buffered).toEqual({ records: 0, bytes: 0 });
    const found = await readTopic(topic);
    expect(found.length).toBe(300);
    for (const k of new Set(found.map(({ key }) => key))) {
      const own = found.filter(({ key }) => key === k);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      const numbers = own.map(({ value }) => (JSON.parse(value ?? '') as Row).n);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(found.find(({ value }) => value === '{"k":"k0","n":0}')?.timestamp).toBe('1000');
  });
});

describe('toKafka exactly once', () => {
  const begin = async (topic: string, job: string, options: Partial<ToKafkaOptions<Row>> = {}) => {
    const sink = sinkOf(topic, options);
    const { signal } = new AbortController();
    const decided = await sink.decide?.({ job, signal });
    return { decided, writer: await opened(sink, { job }) };
  };
  const rows = async (topic: string) => (await readTopic(topic)).map(({ value }) => (JSON.parse(value ?? '') as Row).n);

  it('shows nothing before the commit, then all of it, and knows the checkpoint', async () => {
    const [topic, job] = [await testTopic(2), uniqueName('job')];
    const { decided, writer } = await begin(topic, job);
    expect(decided).toBeUndefined();
    writer.write({ k: 'a', n: 1 }, 0);
    await writer.send();
    writer.write({ k: 'b', n: 2 }, 0);
    await writer.cut('run-1');
    writer.write({ k: 'c', n: 3 }, 0);
    expect(await rows(topic)).toEqual([]);
    await writer.commit('run-1');
    expect((await rows(topic)).toSorted((a, b) => a - b)).toEqual([1, 2]);
    await writer.cut('run-2');
    await writer.close();
    const next = await begin(topic, job);
    expect(next.decided).toBe('run-1');
    expect((await rows(topic)).toSorted((a, b) => a - b)).toEqual([1, 2]);
  });

  it('shuts out its former self', async () => {
    const [topic, job] = [await testTopic(), uniqueName('job')];
    const { writer: former } = await begin(topic, job);
    former.write({ k: 'a', n: 1 }, 0);
    await former.send();
    const { writer } = await begin(topic, job);
    writer.write({ k: 'a', n: 2 }, 0);
    await writer.cut('run-2');
    await expect(former.commit('run-1')).rejects.toMatchObject({ code: 'ML_KAFKA_FENCED', retryable: false });
    await writer.commit('run-2');
    expect(await rows(topic)).toEqual([2]);
    expect((await begin(topic, job)).decided).toBe('run-2');
  });

  it('keeps its mark where rows choose their topics', async () => {
    const [one, two, job] = [await testTopic(), await testTopic(), uniqueName('job')];
    const topic = ({ n }: Row): string => (n % 2 === 0 ? one : two);
    const sink = sinkOf(topic);
    const { signal } = new AbortController();
    await sink.decide?.({ job, signal });
    const writer = await opened(sink, { job });
    for (let n = 0; n < 4; n++) writer.write({ k: 'a', n }, 0);
    await writer.cut('run-1');
    await writer.commit('run-1');
    expect([await rows(one), await rows(two)]).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(await sinkOf(topic).decide?.({ job, signal })).toBe('run-1');
  });
});
