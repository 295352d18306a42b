import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { count, type JobMetrics, stream } from '../../../src/index.ts';
import { progressText, showProgress } from '../../../src/job/progress-line.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const readings = Array.from({ length: 1_000 }, (_, at) => ({ at, key: `k${at % 5}` }));

describe('metrics$', () => {
  it('tells rates, time, keys, credit and the newest checkpoint', async () => {
    const world = new MortalWorld();
    world.begin();
    const job = stream(world.source(readings, 100))
      .eventTime('at')
      .keyBy('key')
      .tumblingWindow(100)
      .aggregate({ n: count() })
      .to(testSink());
    const told: JobMetrics[] = [];
    job.metrics$.subscribe((metrics) => told.push(metrics));
    const { checkpoint } = await job.run({ checkpoint: world.store(), maxBuffered: { records: 77 }, atEnd: 'keep' });
    const last = told.at(-1)!;
    expect(last).toMatchObject({
      watermark: 998,
      partitions: { 'source/0': 998 },
      keys: 5,
      credit: { records: 0, bytes: 0, maxRecords: 77, maxBytes: 16 * 1024 * 1024 },
      restarts: 0,
      checkpoint: { id: checkpoint },
    });
    expect(last.steps[0]).toMatchObject({ step: 'source', in: 1_000 });
    expect(last.rates['source']).toBeGreaterThan(0);
    expect(last.checkpoint!.count).toBe(world.stored);
    expect(last).not.toHaveProperty('lagMs');
  });

  it('tells how far bounded sources are', async () => {
    const job = stream(testSource([1, 2, 3])).to(testSink<number>());
    const told: JobMetrics[] = [];
    job.metrics$.subscribe((metrics) => told.push(metrics));
    await job.run();
    expect(told.at(-1)!.progress).toEqual({ done: 3, total: 3, unit: 'records' });
  });

  describe('while it runs', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('is told twice a second, with the lag behind the clock of a live source', async () => {
      vi.setSystemTime(10_000);
      const source = new Subject<{ at: number }>();
      const live = { name: 'live', traits: { timestamps: false, live: true, replay: 'none' } as const };
      const job = stream({ ...live, open: (request) => testSource([{ at: 4_001 }]).open(request) })
        .eventTime('at', { idleAfter: '1h' })
        .sortByTime()
        .union(stream(source).eventTime('at', { idleAfter: '1h' }))
        .to(testSink());
      const told: JobMetrics[] = [];
      job.metrics$.subscribe((metrics) => told.push(metrics));
      const running = job.run();
      await vi.advanceTimersByTimeAsync(100);
      source.next({ at: 3_001 });
      await vi.advanceTimersByTimeAsync(1_000);
      expect(told).toHaveLength(2);
      expect(told[1]).toMatchObject({ watermark: 3_000 });
      expect(told[1]!.lagMs).toBe(8_000);
      source.complete();
      await running;
    });
  });
});

describe('the progress line', () => {
  const metrics = (given: object): JobMetrics =>
    ({
      steps: [{ step: 'in.csv', in: 1_234_567 }],
      rates: { 'in.csv': 310_000 },
      elapsedMs: 60_000,
      restarts: 0,
      ...given,
    }) as never;

  it('says how far, how fast and how long still', () => {
    const progress = { done: 1_200_000_000, total: 2_900_000_000, unit: 'bytes' };
    expect(progressText('rollup', metrics({ progress }))).toBe(
      'rollup  41 %  1.2 GB of 2.9 GB  310,000 records/s  1:25 left',
    );
    const records = { done: 10, total: 40, unit: 'records' };
    expect(progressText('rollup', metrics({ progress: records, elapsedMs: 3_600_000 }))).toBe(
      'rollup  25 %  10 records of 40 records  310,000 records/s  3:00:00 left',
    );
  });

  it('counts where there is no end, and says that it has restarted', () => {
    expect(progressText('rollup', metrics({ restarts: 2 }))).toBe(
      'rollup  1,234,567 records  310,000 records/s  restarted 2 times',
    );
  });

  it('writes one line that it takes away, and nothing where there is no terminal', () => {
    const metrics$ = new Subject<JobMetrics>();
    const written: string[] = [];
    const write = (text: string): number => written.push(text);
    expect(showProgress('rollup', metrics$, { write })).toBeUndefined();
    expect(showProgress('rollup', metrics$, undefined)).toBeUndefined();
    showProgress('rollup', metrics$, { isTTY: true, columns: 20, write });
    metrics$.next(metrics({}));
    metrics$.complete();
    expect(written).toEqual(['\rrollup  1,234,567 r\u001B[K', '\r\u001B[K']);
  });
});
