import { describe, expect, it } from 'vitest';
import { toKafka, type ToKafkaOptions } from '../../../connectors/kafka/index.ts';
import { text } from '../../../core/format/text.ts';
import { ConnectorError } from '../../../core/errors.ts';
import { stream } from '../../../src/index.ts';
import { sinkRequestOf } from '../../support/connector-contract.ts';
import { fakeDriver, type FakeCluster } from '../../support/kafka/fake-driver.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const sinkOf = (cluster: FakeCluster, options: Partial<ToKafkaOptions<string>> = {}) =>
  toKafka<string>({ kafka: cluster.driver as never, topic: 'out', value: text(), ...options });

const values = (cluster: FakeCluster): string[] => cluster.sent.map(({ value }) => Buffer.from(value ?? []).toString());

describe('a writer, whatever its client does', () => {
  it('sends in pieces that brokers take, in order', async () => {
    const cluster = fakeDriver({ out: 2 });
    const writer = await sinkOf(cluster, { key: (row) => row.slice(0, 3) }).open(
      sinkRequestOf({ checkpointed: false }),
    );
    const rows = Array.from({ length: 30 }, (_, index) => String(index).padStart(3, '0').repeat(100_000));
    for (const row of rows) writer.write(row, 0);
    await writer.send();
    expect(values(cluster)).toEqual(rows);
    const sizes = cluster.calls.flatMap((call) => (call.startsWith('send') ? [Number(call.slice(5))] : []));
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBe(30);
  });

  it('keeps what was not acknowledged, and counts it', async () => {
    const cluster = fakeDriver();
    const writer = await sinkOf(cluster).open(sinkRequestOf({ checkpointed: false }));
    writer.write('a', 0);
    cluster.fail.set('send', new ConnectorError('toKafka', 'down', { retryable: true }));
    await expect(writer.send()).rejects.toThrow('down');
    expect(writer.buffered.records).toBe(1);
    cluster.fail.clear();
    await writer.send();
    expect([writer.buffered, values(cluster)]).toEqual([{ records: 0, bytes: 0 }, ['a']]);
  });

  it('deals rows without a key out over the partitions, and takes the time of the row', async () => {
    const cluster = fakeDriver({ out: 3 });
    const writer = await sinkOf(cluster).open(sinkRequestOf({ checkpointed: false }));
    for (const row of ['a', 'b', 'c']) {
      writer.write(row, 7);
      await writer.send();
    }
    expect(new Set(cluster.sent.map(({ partition }) => partition)).size).toBe(3);
    expect(cluster.sent.map(({ timestamp, key }) => [timestamp, key])).toEqual([
      [7, null],
      [7, null],
      [7, null],
    ]);
  });

  it('writes a row that deletes its key without a value, and headers beside it', async () => {
    const cluster = fakeDriver();
    const options = {
      key: (row: string) => row,
      tombstone: (row: string) => row === 'b',
      headers: (row: string) => ({ row }),
    };
    const writer = await sinkOf(cluster, { ...options, timestamp: () => 5 }).open(
      sinkRequestOf({ checkpointed: false }),
    );
    writer.write('a', 0);
    writer.write('b', 0);
    await writer.send();
    expect(cluster.sent.map(({ value, headers, timestamp }) => [value === null, headers, timestamp])).toEqual([
      [false, { row: 'a' }, 5],
      [true, { row: 'b' }, 5],
    ]);
  });

  it('refuses a row that has no key to give, and takes nothing of it', async () => {
    const cluster = fakeDriver();
    const writer = await sinkOf(cluster, { key: (() => ({})) as never }).open(sinkRequestOf({ checkpointed: false }));
    expect(() => writer.write('a', 0)).toThrow(/a key must be a text, a number/);
    expect(writer.buffered.records).toBe(0);
  });

  it('wants a checkpoint before its transaction is too old', async () => {
    const cluster = fakeDriver();
    let wishes = 0;
    const alarms: { at: number; wake: () => void }[] = [];
    const clock = {
      now: () => 1_000,
      wakeAt: (at: number, wake: () => void) => {
        alarms.push({ at, wake });
        return () => void alarms.pop();
      },
    };
    const request = sinkRequestOf({ clock, wantsCheckpoint: () => wishes++ });
    const writer = await sinkOf(cluster, { transactionTimeout: '10s' }).open(request);
    writer.write('a', 0);
    await writer.send();
    expect(alarms.map(({ at }) => at)).toEqual([6_000]);
    alarms[0]?.wake();
    expect(wishes).toBe(1);
    await writer.cut('run-1');
    await writer.commit('run-1');
    expect([alarms, cluster.calls.at(-1)]).toEqual([[], 'mark run-1']);
  });
});

describe('a sink that decides', () => {
  it('writes with the producer that has fenced, and with no other', async () => {
    const cluster = fakeDriver();
    const sink = sinkOf(cluster);
    const { signal } = new AbortController();
    await sink.decide?.({ job: 'rollup', signal });
    await sink.open(sinkRequestOf({ job: 'rollup' }));
    expect(cluster.producers).toEqual([
      {
        compression: 'none',
        transaction: { id: 'millrace.rollup', timeoutMs: 60_000, marker: { groupId: 'millrace.rollup', topic: 'out' } },
      },
    ]);
  });

  it('leaves nothing open where the job ends before it has opened it', async () => {
    const cluster = fakeDriver();
    const leaving = new AbortController();
    await sinkOf(cluster).decide?.({ job: 'rollup', signal: leaving.signal });
    leaving.abort();
    expect(cluster.calls.filter((call) => call === 'close').length).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(cluster.calls.filter((call) => call === 'close').length).toBe(1);
  });

  it('asks for checkpoints that come more often than its transactions end', async () => {
    const job = stream(['a']).to(sinkOf(fakeDriver(), { transactionTimeout: '5s' }));
    const checkpoint = new MortalWorld().store();
    await expect(job.run({ name: 'rollup', checkpoint, every: '5s' })).rejects.toThrow(
      /`every` must be less than the `transactionTimeout` of kafka:out \(5000 ms\), got 5000 \(number\); a checkpoint ends a transaction/,
    );
  });

  it('is refused without a store where exactly once was asked for by name, and is at least once where it was not', async () => {
    const strict = stream(['a']).to(sinkOf(fakeDriver(), { guarantee: 'exactly-once' }));
    await expect(strict.run()).rejects.toThrow(/`checkpoint` must be a checkpoint store/);
    const cluster = fakeDriver();
    expect((await stream(['a']).to(sinkOf(cluster)).run()).state).toBe('completed');
    expect([values(cluster), cluster.producers]).toEqual([['a'], [{ compression: 'none' }]]);
  });
});
