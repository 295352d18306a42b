import type { Message } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { type FromKafkaOptions } from '../../connectors/kafka/index.ts';
import { bytes } from '../../core/format/bytes.ts';
import { format } from '../../core/format/format.ts';
import { json } from '../../core/format/json.ts';
import { text } from '../../core/format/text.ts';
import type { Positions } from '../../core/batch.ts';
import { readUntil } from '../support/connector-contract.ts';
import { abortedMessages, deleteUpTo, send, sendInTransaction } from '../support/kafka/messages.ts';
import { openSource } from '../support/kafka/open-source.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

const values = (...all: readonly string[]): Message[] => all.map((value) => ({ partition: 0, value }));

/** All that is there now. */
async function readAll<V, T = V>(
  options: Partial<FromKafkaOptions<V, T, 'reject' | 'skip' | 'pass'>> & { topic: string | readonly string[] },
) {
  return await readUntil(openSource<V, T>({ until: 'now', value: text() as never, ...options }), () => false);
}

async function rows<V, T = V>(options: Parameters<typeof readAll<V, T>>[0]): Promise<readonly unknown[]> {
  return (await readAll<V, T>(options)).batches.flatMap(({ records }) => records);
}

describe('what fromKafka reads', () => {
  it('is every message, with its timestamp, place and partition, until the end', async () => {
    const topic = await testTopic(2);
    await send(topic, [
      { partition: 0, value: 'a', timestamp: '1000' },
      { partition: 1, value: 'b' },
      { partition: 0, value: 'c' },
    ]);
    const read = await readAll({ topic });
    expect(read.records()).toEqual({ [`${topic}/0`]: ['a', 'c'], [`${topic}/1`]: ['b'] });
    expect(read.ended.length).toBe(2);
    expect(read.batches.find(({ partition }) => partition.endsWith('/0'))?.timestamps?.[0]).toBe(1_000);
    expect(read.origins()[`${topic}/0`]?.[1]).toEqual({ source: `kafka:${topic}`, partition: '0', offset: '1' });
  });

  it('has the time of the log where the topic says so', async () => {
    const topic = await testTopic(1, { 'message.timestamp.type': 'LogAppendTime' });
    const before = Date.now();
    await send(topic, [{ partition: 0, value: 'a', timestamp: '1000' }]);
    const [batch] = (await readAll({ topic })).batches;
    expect(batch?.timestamps?.[0]).toBeGreaterThanOrEqual(before - 1_000);
  });

  it('hands over key, value and headers as bytes, and a header that came twice as a list', async () => {
    const topic = await testTopic();
    await send(topic, [
      { partition: 0, key: null, value: Buffer.alloc(0), headers: { one: '1', two: ['a', 'b'] } },
      { partition: 0, key: Buffer.from([0, 0, 0, 0]), value: 'x' },
    ]);
    const found = await rows<string, unknown>({ topic, record: (_value, message) => message });
    expect(found).toMatchObject([
      { value: Buffer.alloc(0), topic, partition: 0, offset: '0', key: null },
      { value: Buffer.from('x'), offset: '1', key: Buffer.alloc(4) },
    ]);
    const [{ headers }] = found as [{ headers: Record<string, Buffer & Buffer[]> }];
    expect([String(headers['one']), headers['two']?.map(String)]).toEqual(['1', ['a', 'b']]);
  });

  it.each([
    ['reject', ['a', 'b'], [{ before: 1, value: null, rule: 'a message with a value' }]],
    ['skip', ['a', 'b'], [{ before: 1, skipped: true }]],
    ['pass', ['a', null, 'b'], []],
  ] as const)('takes a message without a value as `tombstones: %s` says', async (tombstones, records, unreadable) => {
    const topic = await testTopic();
    await send(topic, [...values('a'), { partition: 0, key: 'k', value: null }, ...values('b')]);
    const { batches } = await readAll({ topic, tombstones });
    expect(batches.flatMap((batch) => batch.records)).toEqual(records);
    expect(batches.flatMap((batch) => batch.unreadable ?? [])).toMatchObject(unreadable);
  });

  it('is a rejection with its place where it cannot be decoded, and reading goes on', async () => {
    const topic = await testTopic();
    await send(topic, [...values('{"n":1}', '{"n":', '{"n":2}'), { partition: 0, value: Buffer.from([0xff, 0xfe]) }]);
    const { batches } = await readAll<{ n: number }>({ topic, value: json() });
    expect(batches.flatMap((batch) => batch.records)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(batches.flatMap((batch) => batch.unreadable ?? [])).toMatchObject([
      {
        before: 1,
        value: '{"n":',
        rule: 'a message in json',
        origin: { source: `kafka:${topic}`, partition: '0', offset: '1' },
      },
      { before: 2, value: '//4=', origin: { offset: '3' } },
    ]);
  });

  it('is decoded by a format of the user, which may look up its schema first', async () => {
    const topic = await testTopic();
    const schemas = new Map([[7, (body: string) => ({ seven: body })]]);
    const registry = format('registry', async (message) => {
      await Promise.resolve();
      const schema = schemas.get(message[0] ?? 0);
      if (schema === undefined) throw new Error(`no schema ${message[0]}`);
      return schema(Buffer.from(message.subarray(1)).toString());
    });
    await send(topic, values('\u0007a', '\u0008b', '\u0007c'));
    const { batches } = await readAll<{ seven: string }>({ topic, value: registry });
    expect(batches.flatMap((batch) => batch.records)).toEqual([{ seven: 'a' }, { seven: 'c' }]);
    expect(batches.flatMap((batch) => batch.unreadable ?? [])).toMatchObject([{ before: 1, value: '\u0008b' }]);
  });

  it('as bytes is a copy that holds nothing else', async () => {
    const topic = await testTopic();
    await send(topic, values('one', 'two'));
    const found = (await rows<Uint8Array>({ topic, value: bytes() })) as Uint8Array[];
    expect(found.map((each) => [Buffer.from(each).toString(), each.buffer.byteLength])).toEqual([
      ['one', 3],
      ['two', 3],
    ]);
  });

  it('is what is committed: aborted messages and markers are passed over, also at the end', async () => {
    const topic = await testTopic();
    await send(topic, values('a'));
    await abortedMessages(topic, values('x', 'y'));
    await sendInTransaction(topic, values('b'));
    await abortedMessages(topic, values('z'));
    expect(await rows({ topic })).toEqual(['a', 'b']);
    expect(await rows({ topic, isolation: 'read_uncommitted' })).toEqual(['a', 'x', 'y', 'b', 'z']);
  });

  it('is what compaction has left', async () => {
    const topic = await testTopic(1, {
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.001',
      'segment.ms': '100',
      'max.compaction.lag.ms': '100',
    });
    for (let n = 0; n < 6; n++) {
      await send(topic, [{ partition: 0, key: n < 5 ? 'a' : 'b', value: String(n) }]);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    const kept = async (): Promise<readonly unknown[]> => await rows({ topic });
    while ((await kept()).length > 2) await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await kept()).toEqual(['4', '5']);
  });

  it.each(['read_committed', 'read_uncommitted'] as const)(
    'goes on behind a batch that compaction has emptied, before one that no fetch has room for: %s',
    async (isolation) => {
      const topic = await testTopic(1, {
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0.001',
        'segment.ms': '100',
        'max.message.bytes': '5000000',
      });
      // Each is sent by a producer of its own, whose sequence the broker has to remember: so the batch stays.
      const large = 'x'.repeat(2_000_000);
      await send(topic, [{ partition: 0, key: 'a', value: 'first' }]);
      await send(topic, [{ partition: 0, key: 'a', value: large }]);
      await new Promise((resolve) => setTimeout(resolve, 120));
      await send(topic, [{ partition: 0, key: 'b', value: 'second' }]);
      while ((await firstOffset(topic)) === '0') await new Promise((resolve) => setTimeout(resolve, 100));
      const read = await readAll({ topic, isolation });
      expect(read.batches.flatMap(({ records }) => records)).toEqual([large, 'second']);
    },
  );
});

/** Of the first message that is left. */
async function firstOffset(topic: string): Promise<string | undefined> {
  const admin = kafkaClient().admin();
  await admin.connect();
  const [first] = await admin.fetchTopicOffsetsByTimestamp(topic, 1);
  await admin.disconnect();
  return first?.offset;
}

describe('where fromKafka begins', () => {
  const firstOf = async (options: Parameters<typeof readAll>[0]) => (await rows(options))[0];

  it('is at the beginning, at the end, at a time or at an offset, as `from` says', async () => {
    const topic = await testTopic();
    const messages = ['a', 'b', 'c'].map((value, index) => ({ partition: 0, value, timestamp: String(1_000 * index) }));
    await send(topic, messages);
    expect(await firstOf({ topic, from: 'earliest' })).toBe('a');
    expect(await firstOf({ topic, from: 'latest' })).toBeUndefined();
    expect(await firstOf({ topic, from: { time: 500 } })).toBe('b');
    expect(await firstOf({ topic, from: { offsets: { [`${topic}/0`]: '2' } } })).toBe('c');
    await expect(firstOf({ topic, from: { offsets: {} } })).rejects.toThrow(/names no offset for .*\/0/);
  });

  it('is where its group left off, and before that where the checkpoint says', async () => {
    const [topic, groupId] = [await testTopic(), uniqueName('group')];
    await send(topic, values('a', 'b', 'c'));
    const reader = openSource({ topic, groupId, value: text() });
    await readUntil(reader, ({ count }) => count === 3);
    await reader.commit({ [`${topic}/0`]: { offset: '2' } });
    await reader.close();
    const next = openSource({ topic, groupId, value: text(), from: 'latest' });
    expect((await readUntil(next, ({ count }) => count === 1)).records()).toEqual({ [`${topic}/0`]: ['c'] });
    await next.close();
    const positions: Positions = { [`${topic}/0`]: { offset: '1' } };
    const restored = openSource({ topic, groupId, value: text(), from: 'latest' }, { positions });
    expect((await readUntil(restored, ({ count }) => count === 2)).records()).toEqual({ [`${topic}/0`]: ['b', 'c'] });
  });

  it('keeps the end that `until` has found first over a restart', async () => {
    const topic = await testTopic();
    await send(topic, values('a', 'b', 'c'));
    const first = openSource({ topic, value: text(), until: 'now' });
    const read = await readUntil(first, ({ count }) => count > 0);
    const position = read.batches[0]!.positionAfter(1);
    await first.close();
    expect(position).toEqual({ offset: '1', end: '3' });
    await send(topic, values('later'));
    const again = openSource({ topic, value: text(), until: 'now' }, { positions: { [`${topic}/0`]: position } });
    expect((await readUntil(again, () => false)).batches.flatMap(({ records }) => records)).toEqual(['b', 'c']);
  });

  it('refuses a position that retention has deleted, and says how much is gone', async () => {
    const topic = await testTopic();
    await send(topic, values('a', 'b', 'c', 'd'));
    await deleteUpTo(topic, 3);
    const at = (offset: string) => ({ positions: { [`${topic}/0`]: { offset } } });
    const refused = openSource({ topic, value: text() }, at('1')).next();
    await expect(refused).rejects.toMatchObject({ code: 'ML_KAFKA_GAP', retryable: false });
    await expect(refused).rejects.toThrow(/2 offsets are gone/);
    const going = openSource({ topic, value: text(), onGap: 'earliest' }, at('1'));
    expect((await readUntil(going, ({ count }) => count === 1)).records()).toEqual({ [`${topic}/0`]: ['d'] });
    await expect(openSource({ topic, value: text() }, at('9')).next()).rejects.toMatchObject({ code: 'ML_KAFKA_GAP' });
  });

  it('is offset 9 before 10, and goes on with what a number cannot hold', async () => {
    const topic = await testTopic();
    await send(topic, values(...'abcdefghijkl'));
    const reader = openSource({ topic, value: text() }, { positions: { [`${topic}/0`]: { offset: '9' } } });
    expect((await readUntil(reader, ({ count }) => count === 3)).records()).toEqual({
      [`${topic}/0`]: ['j', 'k', 'l'],
    });
    const far = openSource({ topic, value: text() }, { positions: { [`${topic}/0`]: { offset: '9007199254740993' } } });
    await expect(far.next()).rejects.toThrow(/offset 9007199254740993, and ends at 12/);
  });
});
