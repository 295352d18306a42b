import { describe, expect, it } from 'vitest';
import { text } from '../../core/format/text.ts';
import { readUntil } from '../support/connector-contract.ts';
import { deleteUpTo, send } from '../support/kafka/messages.ts';
import { openSource } from '../support/kafka/open-source.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';

const row = (value: string, partition = 0) => ({ partition, value });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function members(groupId: string): Promise<number> {
  const admin = kafkaClient().admin();
  await admin.connect();
  const { groups } = await admin.describeGroups([groupId]);
  await admin.disconnect();
  return groups[0]?.members.length ?? 0;
}

async function committed(groupId: string, topic: string): Promise<readonly string[]> {
  const admin = kafkaClient().admin();
  await admin.connect();
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  await admin.disconnect();
  return (found?.partitions ?? []).toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset);
}

describe('a reader that is alone in its group', () => {
  it('keeps its partitions where a second one comes, which is refused', async () => {
    const [topic, groupId] = [await testTopic(2), uniqueName('group')];
    const options = { topic, groupId, value: text(), sessionTimeout: 1_000 } as const;
    await send(topic, [row('a'), row('b', 1)]);
    const first = openSource(options);
    await readUntil(first, ({ count }) => count === 2);
    const second = openSource(options);
    const asking = readUntil(first, ({ count }) => count === 2);
    await expect(second.next()).rejects.toMatchObject({ code: 'ML_KAFKA_GROUP_IN_USE', retryable: false });
    await second.close();
    await send(topic, [row('c'), row('d', 1)]);
    // Both again, neither twice: the rejoin has not moved it.
    expect((await asking).records()).toEqual({ [`${topic}/0`]: ['c'], [`${topic}/1`]: ['d'] });
    await first.commit({ [`${topic}/0`]: { offset: '2' }, [`${topic}/1`]: { offset: '2' } });
    expect(await committed(groupId, topic)).toEqual(['2', '2']);
  });

  it('refuses a group that others read with, and leaves it to them', async () => {
    const [topic, groupId] = [await testTopic(), uniqueName('group')];
    const other = kafkaClient().consumer({ groupId });
    await other.connect();
    await other.subscribe({ topics: [topic] });
    await other.run({ eachMessage: () => Promise.resolve() });
    await expect(openSource({ topic, groupId, value: text() }).next()).rejects.toMatchObject({
      code: 'ML_KAFKA_GROUP_IN_USE',
    });
    expect(await members(groupId)).toBe(1);
    await other.disconnect();
  });

  it('stays a member, and reads on without loss or repeat, though nobody asks for thrice its session', async () => {
    const [topic, groupId] = [await testTopic(2), uniqueName('group')];
    const reader = openSource({ topic, groupId, value: text(), sessionTimeout: 1_500 });
    await reader.next();
    const all = Array.from({ length: 20 }, (_, index) => `m${String(index).padStart(2, '0')}`);
    for (const value of all) {
      // A message, a fetch: they fill all the room there is.
      await send(topic, [row(value)]);
      await pause(20);
    }
    await pause(5_000);
    expect(await members(groupId)).toBe(1);
    const before = performance.now();
    const read = await readUntil(reader, ({ count }) => count === all.length);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(read.records()[`${topic}/0`] ?? read.batches.flatMap(({ records }) => records)).toEqual(all);
    // The other partition is not held up by the one that nobody takes.
    await send(topic, [row('x', 1)]);
    expect((await readUntil(reader, ({ count }) => count === 1)).batches[0]?.partition).toBe(`${topic}/1`);
  });

  it('commits nothing by itself, and exactly what it is told', async () => {
    const [topic, groupId] = [await testTopic(2), uniqueName('group')];
    await send(topic, [row('a'), row('b'), row('c', 1)]);
    const reader = openSource({ topic, groupId, value: text() });
    await readUntil(reader, ({ count }) => count === 3);
    expect(await committed(groupId, topic)).toEqual(['-1', '-1']);
    await reader.commit({ [`${topic}/0`]: { offset: '1' }, [`${topic}/1`]: { offset: '0' } });
    expect(await committed(groupId, topic)).toEqual(['1', '0']);
    await reader.close();
    expect([await committed(groupId, topic), await members(groupId)]).toEqual([['1', '0'], 0]);
  });

  it('fails where retention overtakes it, and has not moved its group', async () => {
    const [topic, groupId] = [await testTopic(), uniqueName('group')];
    await send(topic, [row('a'), row('b')]);
    const reader = openSource({ topic, groupId, value: text(), sessionTimeout: 1_000 }, { positions: {} });
    await readUntil(reader, ({ count }) => count === 2);
    await reader.close();
    const away = openSource({ topic, groupId, value: text() }, { positions: { [`${topic}/0`]: { offset: '2' } } });
    await away.next();
    // Between two fetches more comes and goes than it could see.
    await deleteBehind(topic, ['c', 'd', 'e'], 4);
    const failing = readUntil(away, ({ count }) => count === 3);
    const outcome = await failing.then(
      (read) => read.batches.flatMap(({ records }) => records),
      (cause: unknown) => cause,
    );
    // Whichever was quicker: all of them, or the gap; never some of them in silence.
    const told = Array.isArray(outcome) ? outcome.join() : (outcome as { readonly code: string }).code;
    expect(['c,d,e', 'ML_KAFKA_GAP']).toContain(told);
  });

  it('reads a partition that is made later from its beginning', async () => {
    const topic = await testTopic(1);
    const admin = kafkaClient().admin();
    await admin.connect();
    const reader = openSource({ topic, value: text(), from: 'latest', sessionTimeout: 1_000 });
    await reader.next();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
    await admin.disconnect();
    await pause(300);
    await send(topic, [row('a', 1)]);
    const read = await readUntil(reader, ({ count }) => count === 1);
    expect(read.events.map(({ kind }) => kind).filter((kind) => kind !== 'empty')).toEqual(['opened', 'batch']);
    expect(read.records()[`${topic}/1`]).toEqual(['a']);
  });

  it('tells of a partition that has nothing, while the other speaks', async () => {
    const topic = await testTopic(2);
    const reader = openSource({ topic, value: text() });
    const read = await readUntil(reader, ({ events }) => events.filter(({ kind }) => kind === 'empty').length >= 4);
    const asked = read.events.flatMap((event) => (event.kind === 'empty' ? [event.askedMs] : []));
    expect(Math.min(...asked)).toBeGreaterThan(0);
  });
});

async function deleteBehind(topic: string, values: readonly string[], upTo: number): Promise<void> {
  await send(
    topic,
    values.map((value) => row(value)),
  );
  await deleteUpTo(topic, upTo);
}
