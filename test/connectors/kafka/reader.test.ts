import { describe, expect, it, onTestFinished } from 'vitest';
import { fromKafka, type FromKafkaOptions } from '../../../connectors/kafka/index.ts';
import type { Clock } from '../../../core/clock.ts';
import { text } from '../../../core/format/text.ts';
import type { SourceEvent, SourceReader, SourceRequest } from '../../../core/source.ts';
import { requestOf } from '../../support/connector-contract.ts';
import { fakeDriver, type FakeCluster } from '../../support/kafka/fake-driver.ts';

/** Processing time that a test moves. */
class HandClock implements Clock {
  #now = 0;
  readonly #alarms = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  wakeAt(at: number, wake: () => void): () => void {
    this.#alarms.set(wake, at);
    return () => this.#alarms.delete(wake);
  }

  async advance(ms: number): Promise<void> {
    for (const until = this.#now + ms; this.#now < until;) {
      this.#now = Math.min(until, this.#now + 100);
      for (const [wake, at] of this.#alarms) {
        if (at > this.#now) continue;
        this.#alarms.delete(wake);
        wake();
      }
      await settled();
    }
  }
}

/** Whatever is under way in memory has come to its end. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function opened(
  cluster: FakeCluster,
  options: Partial<FromKafkaOptions<string, string>> = {},
  request: Partial<SourceRequest> = {},
) {
  const source = fromKafka<string>({
    kafka: cluster.driver as never,
    topic: 'in',
    groupId: 'group',
    value: text(),
    from: 'earliest',
    ...options,
  });
  const clock = new HandClock();
  const reader = source.open(requestOf({ clock, ...request }));
  onTestFinished(() => reader.close());
  const first = await reader.next();
  return { reader, clock, first: first.value };
}

async function take(
  reader: SourceReader<string>,
  holding?: ReadonlySet<string>,
): Promise<SourceEvent<string> | undefined> {
  return (await reader.next(holding)).value;
}

const recordsOf = (event: SourceEvent<string> | undefined): unknown =>
  event?.kind === 'batch' ? event.batch.records : event;

describe('a reader, whatever its client does', () => {
  it('has its consumer wait at two fetches of a partition, and go on when one is taken', async () => {
    const cluster = fakeDriver();
    const { reader } = await opened(cluster);
    expect(cluster.fetch('in', 0, 0, ['a'])).toBeUndefined();
    const room = cluster.fetch('in', 0, 1, ['b']);
    let hasRoom = false;
    void room?.then(() => (hasRoom = true));
    await settled();
    expect(hasRoom).toBe(false);
    expect(recordsOf(await take(reader))).toEqual(['a']);
    await settled();
    expect(hasRoom).toBe(true);
  });

  it('has its consumer wait behind the last message of a read that ends, until it is closed', async () => {
    const cluster = fakeDriver({ in: 2 });
    cluster.ends.set('in', [
      { low: '0', high: '1' },
      { low: '0', high: '1' },
    ]);
    const { reader } = await opened(cluster, { until: 'now' });
    expect(cluster.fetch('in', 0, 0, ['a'])).toBeUndefined();
    let isOver = false;
    void cluster.fetch('in', 1, 0, ['x'])?.then(() => (isOver = true));
    for (const kind of ['batch', 'ended', 'batch', 'ended']) expect(await take(reader)).toMatchObject({ kind });
    await settled();
    expect(isOver).toBe(false);
    await reader.close();
    expect(isOver).toBe(true);
  });

  it('gives no second batch of a partition that is at hand, and others in turns', async () => {
    const cluster = fakeDriver({ in: 2 });
    const { reader } = await opened(cluster);
    void cluster.fetch('in', 0, 0, ['a']);
    void cluster.fetch('in', 0, 1, ['b']);
    void cluster.fetch('in', 1, 0, ['x']);
    expect(recordsOf(await take(reader, new Set(['in/0'])))).toEqual(['x']);
    expect(recordsOf(await take(reader))).toEqual(['a']);
    void cluster.fetch('in', 1, 1, ['y']);
    expect([recordsOf(await take(reader)), recordsOf(await take(reader))]).toEqual([['y'], ['b']]);
  });

  it('takes nothing twice after a rejoin, and tells its consumer where it stands', async () => {
    const cluster = fakeDriver();
    const { reader } = await opened(cluster);
    void cluster.fetch('in', 0, 0, ['a', 'b', 'c']);
    const places = cluster.listener().assigned([{ topic: 'in', partition: 0 }]);
    expect([...places.values()]).toEqual(['3']);
    // The client has read the group's position anew, and hands over old and new together.
    void cluster.fetch('in', 0, 0, ['a', 'b']);
    void cluster.fetch('in', 0, 1, ['b', 'c', 'd']);
    expect([recordsOf(await take(reader)), recordsOf(await take(reader))]).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('fails where its client has moved over what is gone, says how much, and gives the group its place back', async () => {
    const cluster = fakeDriver();
    const { reader } = await opened(cluster);
    void cluster.fetch('in', 0, 0, ['a', 'b']);
    await take(reader);
    cluster.ends.set('in', [{ low: '7', high: '9' }]);
    const waiting = reader.next();
    await cluster.fetch('in', 0, 7, ['h', 'i']);
    await expect(waiting).rejects.toMatchObject({ code: 'ML_KAFKA_GAP' });
    await expect(waiting).rejects.toThrow(/would be 2, but retention has deleted up to 7: 5 offsets are gone/);
    expect(cluster.calls).toContain('commit in/0@2');
  });

  it('goes on behind the gap where it may, and takes its client back where nothing is gone', async () => {
    const cluster = fakeDriver();
    const { reader } = await opened(cluster, { onGap: 'earliest' });
    cluster.ends.set('in', [{ low: '7', high: '9' }]);
    await cluster.fetch('in', 0, 7, ['h']);
    expect(cluster.calls.slice(-3)).toEqual(['ends', 'seek in/0@7', 'resume in/0']);
    void cluster.fetch('in', 0, 7, ['h']);
    expect(recordsOf(await take(reader))).toEqual(['h']);
    await cluster.fetch('in', 0, 12, ['m']);
    expect(cluster.calls.slice(-2)).toEqual(['seek in/0@8', 'resume in/0']);
  });

  it('tells for how long a partition had nothing, only while it stood at the end of the log', async () => {
    const cluster = fakeDriver({ in: 2 });
    const { reader, clock } = await opened(cluster);
    cluster.ends.set('in', [
      { low: '0', high: '0' },
      { low: '0', high: '5' },
    ]);
    const waiting = take(reader);
    await clock.advance(600);
    expect(await waiting).toEqual({ kind: 'empty', partition: 'in/0', askedMs: 500 });
  });

  it('does not count time in which nobody asked, or the cluster did not answer', async () => {
    const cluster = fakeDriver();
    const { reader, clock } = await opened(cluster);
    await clock.advance(60_000);
    let asked = take(reader);
    await clock.advance(1_100);
    expect(await asked).toMatchObject({ kind: 'empty', askedMs: 500 });
    cluster.fail.set('ends', new Error('unreachable'));
    asked = take(reader);
    await clock.advance(30_000);
    cluster.fail.clear();
    await clock.advance(1_100);
    const told = (await asked) as { askedMs: number };
    expect(told.askedMs).toBeLessThanOrEqual(1_000);
  });

  it('passes over markers, and so gets to its end', async () => {
    const cluster = fakeDriver();
    cluster.ends.set('in', [{ low: '0', high: '4' }]);
    const { reader, first } = await opened(cluster, { until: 'now' });
    expect(first).toEqual({ kind: 'opened', positions: { 'in/0': { offset: '0', end: '4' } } });
    void cluster.fetch('in', 0, 0, ['a'], 2);
    const batch = await take(reader);
    expect(batch?.kind === 'batch' && batch.batch.positionAfter(1)).toEqual({ offset: '2', end: '4' });
    cluster.listener().advanced({ topic: 'in', partition: 0 }, '4');
    // Where to go on is told as a batch of nothing, when the one before it has been done.
    const held = reader.next(new Set(['in/0']));
    const early = await Promise.race([held, settled().then(() => 'waits')]);
    expect(early).toBe('waits');
    await reader.close();
  });

  it('tells where to go on behind markers at its end', async () => {
    const cluster = fakeDriver();
    cluster.ends.set('in', [{ low: '0', high: '4' }]);
    const { reader } = await opened(cluster, { until: 'now' });
    void cluster.fetch('in', 0, 0, ['a'], 2);
    await take(reader);
    cluster.listener().advanced({ topic: 'in', partition: 0 }, '4');
    const rest = await take(reader);
    expect(rest?.kind === 'batch' && [rest.batch.records, rest.batch.positionAfter(0)]).toEqual([
      [],
      { offset: '4', end: '4' },
    ]);
    expect([await take(reader), await take(reader)]).toEqual([{ kind: 'ended', partition: 'in/0' }, undefined]);
  });

  it('goes on behind markers, too, where nothing else comes', async () => {
    const cluster = fakeDriver();
    cluster.ends.set('in', [{ low: '0', high: '4' }]);
    const { reader, clock } = await opened(cluster);
    void cluster.fetch('in', 0, 0, ['a'], 2);
    await take(reader);
    const rest = take(reader);
    cluster.listener().advanced({ topic: 'in', partition: 0 }, '4');
    await clock.advance(1_000);
    const event = await rest;
    expect(event?.kind === 'batch' && [event.batch.records, event.batch.positionAfter(0)]).toEqual([
      [],
      { offset: '4' },
    ]);
    expect(await take(reader)).toMatchObject({ kind: 'empty', partition: 'in/0' });
    // Once is enough.
    const next = take(reader);
    await clock.advance(1_000);
    expect(await next).toMatchObject({ kind: 'empty', partition: 'in/0' });
  });

  it('keeps its end until it is there, and goes on to the next one behind it', async () => {
    const cluster = fakeDriver({ in: 2 });
    cluster.ends.set('in', [
      { low: '0', high: '9' },
      { low: '0', high: '9' },
    ]);
    const first = async (positions: SourceRequest['positions']) =>
      (await opened(cluster, { until: 'now' }, { positions })).first;
    const there = { offset: '4', end: '4' };
    expect(await first({ 'in/0': there, 'in/1': { offset: '2', end: '3' } })).toMatchObject({
      positions: { 'in/0': there, 'in/1': { offset: '2', end: '3' } },
    });
    expect(await first({ 'in/0': there, 'in/1': { offset: '3', end: '3' } })).toMatchObject({
      positions: { 'in/0': { offset: '4', end: '9' }, 'in/1': { offset: '3', end: '9' } },
    });
    // One that came later takes part when those before it are done.
    expect(await first({ 'in/0': there })).toMatchObject({ positions: { 'in/1': { offset: '0', end: '9' } } });
    expect(await first({ 'in/0': { offset: '3', end: '4' } })).toEqual({
      kind: 'opened',
      positions: { 'in/0': { offset: '3', end: '4' } },
    });
  });

  it('leaves out what came behind its end', async () => {
    const cluster = fakeDriver();
    cluster.ends.set('in', [{ low: '0', high: '2' }]);
    const { reader } = await opened(cluster, { until: 'now' });
    void cluster.fetch('in', 0, 0, ['a', 'b', 'c']);
    expect(recordsOf(await take(reader))).toEqual(['a', 'b']);
    expect(await take(reader)).toEqual({ kind: 'ended', partition: 'in/0' });
  });

  it('commits what has changed, and nothing twice', async () => {
    const cluster = fakeDriver({ in: 2 });
    const { reader } = await opened(cluster);
    await reader.commit({ 'in/0': { offset: '3' }, 'in/1': { offset: '0' } });
    await reader.commit({ 'in/0': { offset: '3' }, 'in/1': { offset: '4' } });
    await reader.commit({ 'in/0': { offset: '3' }, 'in/1': { offset: '4' } });
    expect(cluster.calls.filter((call) => call.startsWith('commit '))).toEqual([
      'commit in/0@3 in/1@0',
      'commit in/1@4',
    ]);
  });

  it('fails when another has its partitions for longer than a dead one could', async () => {
    const cluster = fakeDriver();
    cluster.ends.set('in', [{ low: '0', high: '9' }]);
    const warned: unknown[] = [];
    const { reader, clock } = await opened(
      cluster,
      { sessionTimeout: '10s' },
      { notice: (notice) => void warned.push(notice) },
    );
    const waiting = reader.next().catch((cause: unknown) => cause);
    cluster.listener().assigned([]);
    cluster.listener().assigned([]);
    expect(warned).toMatchObject([{ kind: 'warning', message: expect.stringContaining('20000 ms') as string }]);
    await clock.advance(19_900);
    expect(await Promise.race([waiting, settled()])).toBeUndefined();
    await clock.advance(100);
    expect(await waiting).toMatchObject({ code: 'ML_KAFKA_GROUP_IN_USE', retryable: false });
  });

  it('ends when it is closed while another has its partitions', async () => {
    const cluster = fakeDriver();
    const { reader, clock } = await opened(cluster);
    cluster.listener().assigned([]);
    await reader.close();
    await clock.advance(100_000);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('goes on when the one that had its partitions was dead', async () => {
    const cluster = fakeDriver();
    cluster.ends.set('in', [{ low: '0', high: '9' }]);
    const { reader, clock } = await opened(cluster, { sessionTimeout: '10s' });
    cluster.listener().assigned([]);
    await clock.advance(15_000);
    cluster.listener().assigned([{ topic: 'in', partition: 0 }]);
    await clock.advance(60_000);
    void cluster.fetch('in', 0, 0, ['a']);
    expect(recordsOf(await take(reader))).toEqual(['a']);
  });

  it('refuses to go on where its group left off when the state of the job is gone', async () => {
    const cluster = fakeDriver();
    cluster.committed.set(0, { offset: '7', metadata: '' });
    cluster.ends.set('in', [{ low: '0', high: '9' }]);
    const opening = opened(cluster, {}, { isStateGone: true });
    await expect(opening).rejects.toMatchObject({ code: 'ML_KAFKA_STATE_GONE', retryable: false });
    expect((await opened(cluster)).first).toMatchObject({ positions: { 'in/0': { offset: '7' } } });
  });

  it('refuses a position that is none of its own', async () => {
    const opening = opened(fakeDriver(), {}, { positions: { 'in/0': { line: 3 } } });
    await expect(opening).rejects.toThrow(/the position of in\/0 to go on from is none of its own/);
  });
});
