import { describe, expect, it, onTestFinished } from 'vitest';
import { fromKafka, type FromKafkaOptions } from '../../../connectors/kafka/index.ts';
import { text } from '../../../core/format/text.ts';
import { ArgumentError } from '../../../core/errors.ts';
import type { Membership, SourceReader, SourceRequest } from '../../../core/source.ts';
import { requestOf } from '../../support/connector-contract.ts';
import { fakeDriver, type FakeCluster } from '../../support/kafka/fake-driver.ts';

function shared(cluster: FakeCluster, options: Partial<FromKafkaOptions<string, string>> = {}) {
  const given = { topic: 'in', groupId: 'group', value: text(), from: 'earliest', scale: 'group', ...options } as const;
  return fromKafka<string>({ ...given, kafka: cluster.driver as never });
}

interface Joined {
  readonly membership: Membership<string>;
  readonly assigned: (readonly string[])[];
  readonly failures: unknown[];
}

async function joined(cluster: FakeCluster, options: Partial<FromKafkaOptions<string, string>> = {}): Promise<Joined> {
  const assigned: (readonly string[])[] = [];
  const failures: unknown[] = [];
  const membership = shared(cluster, options).sharing!.join({
    assigned: (shares) => void assigned.push([...shares]),
    failed: (cause) => void failures.push(cause),
  });
  onTestFinished(() => membership.close());
  await membership.start();
  return { membership, assigned, failures };
}

async function opened(membership: Membership<string>, share: string, request: Partial<SourceRequest> = {}) {
  const reader = membership.share(share).open(requestOf(request));
  onTestFinished(() => reader.close());
  const { value: first } = await reader.next();
  return { reader, first };
}

async function take(reader: SourceReader<string>) {
  const { value } = await reader.next();
  return value?.kind === 'batch' ? value.batch : value;
}

describe('a member of a group that shares its partitions', () => {
  it('says which numbers are its shares, and reads nothing that nobody has opened', async () => {
    const cluster = fakeDriver({ a: 3, b: 3 });
    const { assigned } = await joined(cluster, { topic: ['a', 'b'] });
    expect(assigned).toEqual([['0', '1', '2']]);
    expect(cluster.calls.find((call) => call.startsWith('assigned'))).toBe(
      'assigned a/0@nowhere a/1@nowhere a/2@nowhere b/0@nowhere b/1@nowhere b/2@nowhere',
    );
    expect(cluster.fetch('a', 0, 0, ['x'])).toBeUndefined();
    cluster.deal(1);
    expect(assigned.at(-1)).toEqual(['1']);
  });

  it('reads a share: the partitions of its number in all topics, with a position that knows of how many it is one', async () => {
    const cluster = fakeDriver({ a: 2, b: 2 });
    const { membership } = await joined(cluster, { topic: ['a', 'b'] });
    const { reader, first } = await opened(membership, '1');
    expect(first).toEqual({
      kind: 'opened',
      positions: { 'a/1': { offset: '0', of: 2 }, 'b/1': { offset: '0', of: 2 } },
    });
    expect(cluster.calls).toEqual(expect.arrayContaining(['resume a/1', 'seek a/1@0', 'resume b/1', 'seek b/1@0']));
    void cluster.fetch('b', 1, 0, ['x', 'y']);
    void cluster.fetch('b', 0, 0, ['not ours']);
    const batch = await take(reader);
    expect(batch).toMatchObject({ partition: 'b/1', records: ['x', 'y'] });
    expect(batch !== undefined && 'positionAfter' in batch && batch.positionAfter(1)).toEqual({ offset: '1', of: 2 });
  });

  it('goes on where it stands when the group deals anew, and lets go of what it has no more', async () => {
    const cluster = fakeDriver({ in: 2 });
    cluster.ends.set('in', [
      { low: '0', high: '9' },
      { low: '0', high: '9' },
    ]);
    const { membership } = await joined(cluster);
    const [zero, one] = [await opened(membership, '0'), await opened(membership, '1')];
    void cluster.fetch('in', 0, 0, ['x']);
    expect(await take(zero.reader)).toMatchObject({ records: ['x'] });
    cluster.deal(0);
    expect(cluster.calls.at(-1)).toBe('assigned in/0@1');
    // Of a share that is somebody else's nothing is committed.
    await one.reader.commit({ 'in/1': { offset: '0', of: 2 } });
    await zero.reader.commit({ 'in/0': { offset: '1', of: 2 } });
    expect(cluster.calls.filter((call) => call.startsWith('commit '))).toEqual(['commit in/0@1']);
    await zero.reader.close();
    expect(cluster.calls.at(-1)).toBe('pause in/0');
    expect(cluster.fetch('in', 0, 1, ['y'])).toBeUndefined();
    const again = await opened(membership, '0', { positions: { 'in/0': { offset: '1', of: 2 } } });
    expect(cluster.calls.slice(-2)).toEqual(['resume in/0', 'seek in/0@1']);
    void cluster.fetch('in', 0, 1, ['y']);
    expect(await take(again.reader)).toMatchObject({ records: ['y'] });
  });

  it('begins a share where its own partition was committed', async () => {
    const cluster = fakeDriver({ in: 2 });
    cluster.ends.set('in', [
      { low: '0', high: '9' },
      { low: '0', high: '9' },
    ]);
    cluster.committed.set(0, { offset: '5', metadata: '' });
    const { membership } = await joined(cluster, { from: 'latest' });
    expect((await opened(membership, '0')).first).toMatchObject({ positions: { 'in/0': { offset: '5' } } });
    expect((await opened(membership, '1')).first).toMatchObject({ positions: { 'in/1': { offset: '9' } } });
    const stateGone = membership.share('0').open(requestOf({ isStateGone: true }));
    await expect(stateGone.next()).rejects.toMatchObject({ code: 'ML_KAFKA_STATE_GONE' });
  });

  it('refuses topics of different numbers of partitions', async () => {
    const joining = joined(fakeDriver({ a: 2, b: 3 }), { topic: ['a', 'b'] });
    await expect(joining).rejects.toMatchObject({
      code: 'ML_KAFKA_PARTITIONS',
      retryable: false,
      message: expect.stringContaining('need the same number of partitions: "a" has 2, "b" has 3') as string,
    });
  });

  it('refuses partitions that came later, also between two runs', async () => {
    const cluster = fakeDriver({ in: 2 });
    const { failures, membership } = await joined(cluster);
    cluster.deal(0, 1, 2);
    expect(failures).toMatchObject([{ code: 'ML_KAFKA_PARTITIONS' }]);
    const before = membership.share('1').open(requestOf({ positions: { 'in/1': { offset: '0', of: 1 } } }));
    await expect(before.next()).rejects.toThrowError('"in" had 1 partitions and has 2 now');
    const alone = membership.share('1').open(requestOf({ positions: { 'in/1': { offset: '0' } } }));
    await expect(alone.next()).rejects.toThrowError('is of a job alone');
  });

  it('tells how it ends, and cannot be opened outside of a job', async () => {
    const cluster = fakeDriver();
    const { failures } = await joined(cluster);
    cluster.listener().failed('gone');
    expect(failures).toEqual(['gone']);
    expect(() => shared(cluster).open(requestOf())).toThrowError(ArgumentError);
  });
});
