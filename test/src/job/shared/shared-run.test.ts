import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { directory } from '../../../../connectors/files/index.ts';
import { ConnectorError } from '../../../../core/errors.ts';
import { count, type Job, type JobWarning, stream } from '../../../../src/index.ts';
import { type TestSink, testSink } from '../../../../src/testing/index.ts';
import { type SharedSource, sharedSource } from '../../../support/shared-source.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

interface Reading {
  readonly key: string;
  readonly at: number;
}

const root = tempFolder();
let made = 0;

interface Member {
  readonly job: Job;
  readonly sink: TestSink<object>;
  readonly warned: JobWarning[];
  readonly running: Promise<unknown>;
}

function member(shared: SharedSource<Reading>, folder: string, sink = testSink<object>()): Member {
  const job = stream(shared.source())
    .eventTime('at')
    .keyBy('key')
    .tumblingWindow(10)
    .aggregate({ n: count() })
    .map((row): object => row)
    .to(sink);
  const warned: JobWarning[] = [];
  job.warnings$.subscribe((each) => warned.push(each));
  const checkpoint = directory(folder);
  const running = job.run({ name: 'job', checkpoint, every: 10, restart: { first: 1, attempts: 3 } });
  running.catch(() => undefined);
  onTestFinished(async () => void (await job.stop().catch(() => undefined)));
  return { job, sink, warned, running };
}

async function members(count_: number): Promise<{ readonly shared: SharedSource<Reading>; readonly all: Member[] }> {
  const [shared, folder] = [sharedSource<Reading>(), `${root}/${made++}`];
  const all: Member[] = [];
  for (let i = 0; i < count_; i++) {
    all.push(member(shared, folder));
    await vi.waitFor(() => expect(shared.members).toHaveLength(i + 1));
  }
  return { shared, all };
}

const read = (key: string, ...times: readonly number[]): Reading[] => times.map((at) => ({ key, at }));
const row = (key: string, windowStart: number, n: number): object => ({
  key,
  windowStart,
  windowEnd: windowStart + 10,
  n,
});

describe('a job whose input several processes share', () => {
  it('is a run by itself for each share, with one report', async () => {
    const {
      shared,
      all: [one],
    } = await members(1);
    shared.deal(['0', '1']);
    shared.add('0', ...read('a', 1, 2, 11));
    shared.add('1', ...read('b', 1, 25));
    await vi.waitFor(() => expect(one!.sink.rows).toHaveLength(2));
    const report = await one!.job.stop();
    expect(
      one!.sink.rows.toSorted((a, b) => ('key' in a && 'key' in b && String(a.key) < String(b.key) ? -1 : 1)),
    ).toEqual([row('a', 0, 2), row('b', 0, 1)]);
    expect(report).toMatchObject({ state: 'stopped', balanced: true, restarts: 0 });
    expect(report.steps.map(({ step, in: received, out }) => [step, received, out])).toEqual([
      ['shared', 5, 5],
      ['eventTime', 5, 5],
      ['keyBy', 5, 5],
      ['tumblingWindow', 5, 2],
      ['map', 2, 2],
      ['testSink', 2, 0],
    ]);
    expect(Object.fromEntries(shared.committed)).toEqual({ 0: 3, 1: 2 });
  });

  it('has its state move with a share, and nothing lost or repeated', async () => {
    const {
      shared,
      all: [one, other],
    } = await members(2);
    shared.deal(['0', '1'], []);
    shared.add('0', ...read('a', 1, 2));
    shared.add('1', ...read('b', 1, 2, 3));
    await vi.waitFor(() => expect(shared.committed.get('1')).toBe(3));
    shared.deal(['0'], ['1']);
    shared.add('1', ...read('b', 4, 11));
    await vi.waitFor(() => expect(other!.sink.rows).toEqual([row('b', 0, 4)]));
    shared.deal(['0', '1'], []);
    shared.add('1', ...read('b', 12, 21));
    await vi.waitFor(() => expect(one!.sink.rows).toEqual([row('b', 10, 2)]));
    expect(other!.sink.rows).toHaveLength(1);
    // Of the whole share, since it began.
    const [{ steps }] = await Promise.all([one!.job.stop(), other!.job.stop()]);
    expect(steps.at(0)).toMatchObject({ step: 'shared', in: 9 });
  });

  it('tells how its shares do, together', async () => {
    const {
      shared,
      all: [one],
    } = await members(1);
    shared.deal(['0', '1']);
    shared.add('0', ...read('a', 1, 15));
    shared.add('1', ...read('b', 31));
    const told: unknown[] = [];
    one!.job.metrics$.subscribe(({ watermark, partitions, keys, credit }) =>
      told.push({ watermark, partitions, keys, credit }),
    );
    await vi.waitFor(() => expect(shared.committed.size).toBe(2));
    await one!.job.stop();
    expect(told.at(-1)).toEqual({
      watermark: 14,
      partitions: { 'shared/0': 14, 'shared/1': 30 },
      keys: expect.any(Number) as number,
      credit: { records: 0, bytes: 0, maxRecords: 20_000, maxBytes: 2 * 16 * 1024 * 1024 },
    });
  });

  it('shuts out who does not let go in time, and goes on from its last checkpoint', async () => {
    const [shared, folder] = [sharedSource<Reading>(), `${root}/${made++}`];
    const slow = testSink<object>();
    const open = slow.open.bind(slow);
    let hang = false;
    slow.open = async (request) => {
      const writer = await open(request);
      return new Proxy(writer, {
        get: (target, name) => {
          if (name === 'cut' && hang) return () => new Promise(() => undefined);
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
        },
      });
    };
    const one = member(shared, folder, slow);
    await vi.waitFor(() => expect(shared.members).toHaveLength(1));
    const other = member(shared, folder);
    await vi.waitFor(() => expect(shared.members).toHaveLength(2));
    shared.deal(['0'], []);
    shared.add('0', ...read('a', 1, 2));
    await vi.waitFor(() => expect(shared.committed.get('0')).toBe(2));
    hang = true;
    shared.add('0', ...read('a', 3, 11));
    shared.deal([], ['0']);
    await vi.waitFor(() => expect(other.sink.rows).toEqual([row('a', 0, 3)]), { timeout: 5_000 });
    expect((await one.job.stop()).state).toBe('stopped');
    await other.job.stop();
  });

  it('joins again where that may help, and fails where it does not', async () => {
    const shared = sharedSource<Reading>();
    shared.failures.push(new ConnectorError('shared', 'away', { retryable: true }));
    const one = member(shared, `${root}/${made++}`);
    await vi.waitFor(() => expect(shared.members).toHaveLength(1));
    shared.deal(['0']);
    shared.members[0]!.failed(new ConnectorError('shared', 'gone', { retryable: true }));
    await vi.waitFor(() => expect(shared.members).toHaveLength(2));
    expect(one.warned.map(({ code, message }) => `${code} ${message.replace(/in \d+ ms/, 'soon')}`)).toEqual([
      'ML_NEVER_IDLE eventTime: a partition without records holds every window back for ever; `idleAfter` says for how long it may',
      'ML_AT_LEAST_ONCE testSink is at least once: it cannot take back what it wrote; a restart may write rows again',
      'ML_RESTARTED joins again soon, after: shared: away',
      'ML_RESTARTED joins again soon, after: shared: gone',
    ]);
    shared.members[1]!.assigned(new Set(['0']));
    shared.add('0', ...read('a', 1, 11));
    await vi.waitFor(() => expect(one.sink.rows).toEqual([row('a', 0, 1)]));
    shared.members[1]!.failed(new ConnectorError('shared', 'refused', { retryable: false }));
    await expect(one.running).rejects.toThrowError('shared: refused');
  });

  it('fails with a share that fails for good, when all others have let go', async () => {
    const {
      shared,
      all: [one],
    } = await members(1);
    shared.deal(['0', '1']);
    shared.add('0', ...read('a', 1));
    shared.add('1', { key: 'b', at: 'never' as never });
    await expect(one!.running).rejects.toMatchObject({ code: 'ML_DATA' });
    expect(await one!.job.stop()).toMatchObject({ state: 'failed' });
  });
});
