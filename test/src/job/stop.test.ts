import { NEVER, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { SinkWriter } from '../../../core/sink.ts';
import { ArgumentError, count, type JobWarning, type Sink, type Source, stream } from '../../../src/index.ts';
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

/** A sink that takes long to open, until it is let. */
function lateSink<T>(): { readonly sink: Sink<T>; readonly let: () => void; readonly closed: string[] } {
  const closed: string[] = [];
  let release = (): void => {};
  const opened = new Promise<void>((resolve) => (release = resolve));
  const sink: Sink<T> = {
    name: 'late',
    traits: { guarantee: 'repeats' },
    open: async () => {
      await opened;
      const nothing = (): Promise<never> => Promise.reject(new Error('nobody should'));
      return {
        write: () => {},
        buffered: { records: 0, bytes: 0 },
        send: nothing,
        cut: nothing,
        commit: nothing,
        close: async () => {
          await Promise.resolve();
          closed.push('late');
        },
      };
    },
  };
  return { sink, let: release, closed };
}

describe('a job that is stopped', () => {
  it('leaves nothing open that was about to open, and opens nothing more', async () => {
    const [late, next] = [lateSink<{ at: number }>(), testSink<{ at: number }>()];
    let opened = 0;
    const counted: Sink<{ at: number }> = {
      ...next,
      open: (request) => {
        opened++;
        return next.open(request);
      },
    };
    const reading = { ...testSource(numbers), open: () => expect.unreachable('nobody reads any more') };
    const job = stream(reading).alsoTo(late.sink).to(counted);
    const running = job.run({ drainWithin: 1 });
    const stopping = job.stop();
    setTimeout(late.let, 20);
    expect((await stopping).state).toBe('stopped');
    await running;
    await vi.waitFor(() => expect(late.closed).toEqual(['late']));
    expect(opened).toBe(0);
  });

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

  it('keeps its place where it is stopped before its source has opened', async () => {
    const world = new MortalWorld();
    const sink = world.decidingSink<{ n: number }>('sink');
    const source = world.source(numbers, 100);
    const run = (input: typeof source, stopped: boolean) => {
      const job = stream(input)
        .map((row) => {
          if (stopped && row.at === 2_500) void job.stop();
          return row;
        })
        .eventTime('at')
        .tumblingWindow(1_000)
        .aggregate({ n: count() })
        .to(sink);
      world.begin();
      return { job, running: job.run({ name: 'job', checkpoint: world.store() }) };
    };
    await run(source, true).running;
    const reading: (() => void)[] = [];
    const slow: typeof source = {
      ...source,
      open: (request) => ({
        next: () =>
          new Promise((resolve) => {
            request.signal.addEventListener('abort', () => resolve({ done: true, value: undefined }));
            for (const tell of reading) tell();
          }),
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
    };
    const asked = new Promise<void>((resolve) => reading.push(resolve));
    const { job, running } = run(slow, false);
    await asked;
    await job.stop();
    expect(await running).toMatchObject({ state: 'stopped' });
    await run(source, false).running;
    expect(sink.committed.map(({ n }) => n)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  it('keeps the places of all partitions where some came later', async () => {
    const world = new MortalWorld();
    const batch = (partition: string) => ({
      kind: 'batch' as const,
      batch: {
        partition,
        records: [1],
        bytes: 0,
        positionAfter: (read: number) => ({ offset: read }),
        origin: () => undefined,
      },
    });
    const opened = (partition: string) => ({ kind: 'opened' as const, positions: { [partition]: { offset: 0 } } });
    const ended = (partition: string) => ({ kind: 'ended' as const, partition });
    const events = [opened('a'), batch('a'), opened('b'), batch('b'), ended('a'), ended('b')];
    const source: Source<number> = {
      name: 'growing',
      traits: { timestamps: false, live: false, replay: 'any' },
      open: () => ({
        next: async (holding = new Set()) => {
          // One batch is swept before the next event comes.
          while (holding.size > 0 && events[0]?.kind === 'opened')
            await new Promise((resolve) => setTimeout(resolve, 1));
          const value = events.shift();
          return value === undefined ? { done: true, value } : { done: false, value };
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
    };
    world.begin();
    const running = stream(source).to(world.decidingSink('sink')).run({ name: 'job', checkpoint: world.store() });
    expect((await running).state).toBe('completed');
    const [found] = Object.values(world.checkpoints.at(-1)?.positions ?? {});
    expect(found).toEqual({ a: { offset: 1 }, b: { offset: 1 } });
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
