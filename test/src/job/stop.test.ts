import { NEVER, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { SinkWriter } from '../../../core/sink.ts';
import { ArgumentError, count, type JobWarning, type Sink, stream } from '../../../src/index.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const numbers = Array.from({ length: 5_000 }, (_, at) => ({ at }));

/** A sink that takes rows and never says that they have arrived. */
function silentSink<T>(): Sink<T> {
  const never = new Promise<never>(() => {});
  const writer: SinkWriter<T> = {
    write: () => {},
    buffered: { records: 100_000, bytes: 0 },
    send: () => never,
    cut: () => never,
    commit: () => never,
    close: () => Promise.resolve(),
  };
  return { name: 'silent', traits: { guarantee: 'repeats' }, open: () => Promise.resolve(writer) };
}

describe('a job that is stopped', () => {
  it('takes a checkpoint, from which the next run goes on to the same rows', async () => {
    const world = new MortalWorld();
    const sink = world.decidingSink<{ n: number }>('sink');
    let stopAt = 2_500;
    const make = () =>
      stream(world.source(numbers, 100))
        .map((row) => {
          if (row.at === stopAt) void job.stop();
          return row;
        })
        .eventTime('at')
        .tumblingWindow(1_000)
        .aggregate({ n: count() })
        .to(sink);
    world.begin();
    let job = make();
    const first = await job.run({ name: 'job', checkpoint: world.store() });
    expect(first).toMatchObject({ state: 'stopped', balanced: true });
    expect(first.checkpoint).toBe(world.checkpoints.at(-1)?.id);
    // The window that was open has not fired.
    expect(sink.committed).toHaveLength(2);
    stopAt = -1;
    world.begin();
    job = make();
    const second = await job.run({ name: 'job', checkpoint: world.store() });
    expect(second).toMatchObject({ state: 'completed', balanced: true });
    expect(sink.committed.map(({ n }) => n)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(second.steps[0]).toMatchObject({ in: 5_000 });
  });

  it('does not take for the end of its input that a reader which waits is told to stop', async () => {
    const sink = testSink<{ n: number }>();
    const input = new Subject<{ at: number }>();
    const seen: number[] = [];
    const job = stream(input)
      .map((row) => {
        seen.push(row.at);
        return row;
      })
      .eventTime('at')
      .tumblingWindow(1_000)
      .aggregate({ n: count() })
      .to(sink);
    const running = job.run();
    await vi.waitFor(() => expect(input.observed).toBe(true));
    input.next({ at: 1 });
    await vi.waitFor(() => expect(seen).toEqual([1]));
    expect(await job.stop()).toMatchObject({ state: 'stopped', balanced: true });
    await running;
    expect(sink.rows).toEqual([]);
  });

  it('waits no longer than `drainWithin` for a sink that never answers', async () => {
    const job = stream(numbers).to(silentSink());
    const warned: JobWarning[] = [];
    job.warnings$.subscribe((warning) => warned.push(warning));
    const running = job.run({ drainWithin: 10 });
    expect(await job.stop()).toMatchObject({ state: 'stopped' });
    expect(await running).toMatchObject({ state: 'stopped' });
    expect(warned).toMatchObject([{ code: 'ML_DRAIN' }]);
  });

  it('stops by its signal, given before or later', async () => {
    expect(await stream(NEVER).to(testSink()).run({ signal: AbortSignal.abort() })).toMatchObject({ state: 'stopped' });
    const stopping = new AbortController();
    const running = stream(NEVER).to(testSink()).run({ signal: stopping.signal });
    stopping.abort();
    expect(await running).toMatchObject({ state: 'stopped' });
  });

  it('answers the same report however often it is stopped, and refuses before it runs', async () => {
    const job = stream(NEVER).to(testSink());
    await expect(job.stop()).rejects.toThrowError(ArgumentError);
    const running = job.run();
    expect(await Promise.all([job.stop(), job.stop(), running])).toEqual(Array(3).fill(await job.stop()));
    await expect(job.run()).rejects.toThrowError(ArgumentError);
  });
});

describe('a checkpoint that is taken before the source has opened', () => {
  it('holds where the job began: the next run reads on from there', async () => {
    const world = new MortalWorld();
    const sink = world.plainSink<{ at: number }>('sink', 'follows');
    const source = world.source(numbers, 100);
    /** The source does not answer; the job is stopped, or its time for a checkpoint comes. */
    const silent: typeof source = {
      ...source,
      open: (request) => ({
        ...source.open(request),
        next: () =>
          new Promise((resolve) =>
            request.signal.addEventListener('abort', () => resolve({ done: true, value: undefined })),
          ),
      }),
    };
    const options = () => ({ name: 'job', checkpoint: world.store() });
    world.begin();
    const first = stream(source)
      .map((row) => {
        if (row.at === 2_500) void first.stop();
        return row;
      })
      .to(sink);
    await first.run(options());
    const before = sink.rows.length;
    expect(before).toBeGreaterThanOrEqual(2_500);
    world.begin();
    const second = stream(silent)
      .map((row) => row)
      .to(sink);
    const running = second.run({ ...options(), every: 1 });
    const { stored } = world;
    await vi.waitUntil(() => world.stored > stored);
    await second.stop();
    await running;
    expect(world.checkpoints.map(({ positions }) => positions['source'])).toEqual(
      world.checkpoints.map(() => ({ '0': { offset: before } })),
    );
    world.begin();
    await stream(source)
      .map((row) => row)
      .to(sink)
      .run(options());
    expect(sink.rows.map(({ at }) => at)).toEqual(numbers.map(({ at }) => at));
  });
});

describe('the end of the input', () => {
  const chain = (world: MortalWorld, sink: Sink<{ n: number }>, rows: readonly { at: number }[]) =>
    stream(world.source(rows, 100)).eventTime('at').tumblingWindow(1_000).aggregate({ n: count() }).to(sink);
  const options = (world: MortalWorld) => ({ name: 'job', checkpoint: world.store() });

  it('fires every window, and a later run over the same input reports that it has completed', async () => {
    const world = new MortalWorld();
    const sink = world.plainSink<{ n: number }>('file', 'follows');
    world.begin();
    await chain(world, sink, numbers.slice(0, 1_500)).run(options(world));
    expect(sink.rows.map(({ n }) => n)).toEqual([1_000, 500]);
    world.begin();
    const again = await chain(world, sink, numbers.slice(0, 1_500)).run(options(world));
    expect(again).toMatchObject({ state: 'completed', balanced: true });
    expect(again.steps[0]).toMatchObject({ in: 1_500 });
    expect(sink.rows).toHaveLength(2);
  });

  it('refuses a later run whose input has grown', async () => {
    const world = new MortalWorld();
    const sink = world.plainSink<{ n: number }>('file', 'follows');
    world.begin();
    await chain(world, sink, numbers.slice(0, 1_500)).run(options(world));
    world.begin();
    await expect(chain(world, sink, numbers).run(options(world))).rejects.toMatchObject({ code: 'ML_FINISHED' });
    expect(sink.rows).toHaveLength(2);
  });

  it('leaves windows open for the next run with `keep`', async () => {
    const world = new MortalWorld();
    const sink = world.plainSink<{ n: number }>('file', 'follows');
    for (const length of [1_500, 1_500, 2_700]) {
      world.begin();
      const report = await chain(world, sink, numbers.slice(0, length)).run({ ...options(world), atEnd: 'keep' });
      expect(report).toMatchObject({ state: 'completed', balanced: true });
    }
    expect(sink.rows.map(({ n }) => n)).toEqual([1_000, 1_000]);
    world.begin();
    await chain(world, sink, numbers).run(options(world));
    expect(sink.rows.map(({ n }) => n)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  it('keeps windows open where no store is, too', async () => {
    const sink = testSink<{ n: number }>();
    await stream(testSource(numbers.slice(0, 1_500)))
      .eventTime('at')
      .tumblingWindow(1_000)
      .aggregate({ n: count() })
      .to(sink)
      .run({ atEnd: 'keep' });
    expect(sink.committed).toHaveLength(1);
  });
});
