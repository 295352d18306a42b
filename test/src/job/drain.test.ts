import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type JobWarning, type Sink, stream } from '../../../src/index.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { MortalWorld } from '../../support/mortal-world.ts';
import { OutsideCalls, settled } from '../../support/outside-calls.ts';

const numbers = Array.from({ length: 200 }, (_, n) => n);

describe('a job that is stopped with fifty calls under way', () => {
  it('waits for them: the next run loses none and repeats none', async () => {
    const world = new MortalWorld();
    const sink = world.plainSink<number>('sink', 'follows');
    const calls = new OutsideCalls();
    const make = () => stream(world.source(numbers, 20)).mapAsync(calls.fn, { concurrency: 50 }).to(sink);
    const options = () => ({ name: 'job', checkpoint: world.store(), every: '1h' as const });
    world.begin();
    const job = make();
    const running = job.run(options());
    while (calls.open.length < 50) await settled();
    const stopped = job.stop();
    while (calls.open.length > 0) {
      // In any order.
      const call = calls.open[Math.floor(calls.open.length / 2)]!;
      call.answer(call.value);
      await settled();
    }
    expect(await stopped).toMatchObject({ state: 'stopped', balanced: true });
    await running;
    const before = [...sink.rows];
    expect(before.length).toBeGreaterThanOrEqual(50);
    world.begin();
    const again = make().run(options());
    while (sink.rows.length < numbers.length || calls.open.length > 0) {
      calls.open[0]?.answer(calls.open[0].value);
      await settled();
    }
    expect(await again).toMatchObject({ state: 'completed', balanced: true });
    expect(sink.rows).toEqual(numbers);
    expect(calls.made).toEqual(numbers);
  });

  it('makes again in the next run those that did not come back in time', async () => {
    vi.useFakeTimers();
    try {
      const world = new MortalWorld();
      const sink = world.plainSink<number>('sink', 'follows');
      const calls = new OutsideCalls();
      const make = () => stream(world.source(numbers, 20)).mapAsync(calls.fn, { concurrency: 50 }).to(sink);
      const options = () => ({
        name: 'job',
        checkpoint: world.store(),
        every: '1h' as const,
        drainWithin: '5s' as const,
      });
      world.begin();
      const job = make();
      const warnings: JobWarning[] = [];
      job.warnings$.subscribe((warning) => warnings.push(warning));
      const running = job.run(options());
      while (calls.open.length < 50) await vi.advanceTimersByTimeAsync(1);
      const stopped = job.stop();
      await vi.advanceTimersByTimeAsync(6_000);
      expect(await stopped).toMatchObject({ state: 'stopped' });
      await running;
      expect(warnings.map(({ code }) => code)).toEqual(['ML_DRAIN']);
      calls.open.length = 0;
      world.begin();
      const again = make().run(options());
      while (sink.rows.length < numbers.length || calls.open.length > 0) {
        calls.open[0]?.answer(calls.open[0].value);
        await vi.advanceTimersByTimeAsync(1);
      }
      expect(await again).toMatchObject({ state: 'completed', balanced: true });
      expect(sink.rows).toEqual(numbers);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what does not close', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('keeps a job for five seconds, and is told', async () => {
    const sink: Sink<number> = {
      ...memorySink<number>(),
      open: async (request) => ({ ...(await memorySink<number>().open(request)), close: () => new Promise(() => {}) }),
    };
    const job = stream(numbers).to(sink);
    const warnings: JobWarning[] = [];
    job.warnings$.subscribe((warning) => warnings.push(warning));
    const running = job.run();
    await vi.advanceTimersByTimeAsync(5_500);
    expect(await running).toMatchObject({ state: 'completed' });
    expect(warnings.map(({ code }) => code)).toEqual(['ML_NOT_CLOSED']);
  });
});
