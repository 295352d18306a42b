import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { count, type JobMetrics, type JobWarning, stream } from '../../../src/index.ts';
import { testSource } from '../../../src/testing/index.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const year = 365 * 86_400_000;
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const setBy = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

describe.each([-year, -minute, minute, year])('a machine whose clock is set by %i ms under a job', (jump) => {
  it('takes checkpoints as often as before', async () => {
    const world = new MortalWorld();
    world.begin();
    const source = new Subject<number>();
    const job = stream(source).to(world.plainSink<number>('file', 'follows'));
    const running = job.run({ name: 'job', checkpoint: world.store(), every: '5s' });
    await pass(100);
    const after: number[] = [];
    for (let second = 0; second < 40; second++) {
      source.next(second);
      await pass(1_000);
      if (second === 12) setBy(jump);
      if (second % 10 === 9) after.push(world.stored);
    }
    expect(after.map((stored) => stored - after[0]!)).toEqual([0, 2, 4, 6]);
    await job.stop();
    expect((await running).state).toBe('stopped');
  });

  it('fires windows of processing time as time passes', async () => {
    const source = new Subject<string>();
    const sink = memorySink<{ readonly n: number }>();
    const job = stream(source).tumblingWindow('10s', { clock: 'processing' }).aggregate({ n: count() }).to(sink);
    const running = job.run();
    await pass(0);
    for (let second = 0; second < 60; second++) {
      if (second === 25) setBy(jump);
      source.next('record');
      await pass(1_000);
    }
    // Where it was set forward in the middle of a window, that one has fired with what it had.
    const counts = sink.rows.map(({ n }) => n);
    expect(counts.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...counts)).toBeLessThanOrEqual(11);
    source.complete();
    await pass(1_000);
    await running;
    expect(sink.rows.reduce((sum, { n }) => sum + n, 0)).toBe(60);
  });

  it('waits as long as before between two attempts', async () => {
    const warnings: JobWarning[] = [];
    const sink = memorySink<number>();
    const job = stream(testSource([1, 2, 3], { failAfter: 1, batch: 1 })).to(sink);
    job.warnings$.subscribe((warning) => warnings.push(warning));
    const running = job.run({ restart: { first: '10s', longest: '10s' } });
    await pass(100);
    expect(warnings.map(({ code }) => code)).toEqual(['ML_RESTARTED']);
    setBy(jump);
    await pass(4_000);
    expect(sink.rows).not.toContain(3);
    await pass(7_000);
    expect((await running).restarts).toBe(1);
    expect(sink.rows).toContain(3);
  });

  it('gives up a stop that does not end when `drainWithin` has passed', async () => {
    const job = stream(new Subject<number>()).to({
      ...memorySink<number>(),
      open: () => new Promise(() => {}),
    });
    const running = job.run({ drainWithin: '20s' });
    let ended = false;
    void running.then(() => (ended = true));
    await pass(10);
    void job.stop();
    await pass(1_000);
    setBy(jump);
    await pass(18_000);
    expect(ended).toBe(false);
    await pass(1_100);
    expect(ended).toBe(true);
  });

  it('gives up a call of mapAsync when its time has passed, if the clock was set before it', async () => {
    const source = new Subject<number>();
    const kinds: string[] = [];
    const job = stream(source)
      .mapAsync(() => new Promise<number>(() => {}), { timeout: '10s' })
      .onReject(({ kind }) => kinds.push(kind))
      .to(memorySink<number>());
    const running = job.run();
    await pass(10);
    setBy(jump);
    source.next(1);
    await pass(9_000);
    expect(kinds).toEqual([]);
    await pass(1_100);
    expect(kinds).toEqual(['failed']);
    source.complete();
    await pass(10);
    await running;
  });

  it('tells how it does twice a second', async () => {
    const told: JobMetrics[] = [];
    const source = new Subject<number>();
    const job = stream(source).to(memorySink<number>());
    job.metrics$.subscribe((metrics) => told.push(metrics));
    const running = job.run();
    await pass(2_000);
    setBy(jump);
    await pass(2_000);
    expect([told.length, told.at(-1)?.elapsedMs]).toEqual([8, 4_000]);
    source.complete();
    await pass(10);
    await running;
  });
});
