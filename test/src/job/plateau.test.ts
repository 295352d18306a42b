import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SourceEvent } from '../../../core/source.ts';
import { count, mean, type Sink, type Source, stream } from '../../../src/index.ts';
import { heapMb } from '../../support/heap.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A sink that sends one row a second, and says so only then. */
function slowSink<T>(): Sink<T> & { readonly taken: number; readonly mostBuffered: number } {
  const seen = { taken: 0, mostBuffered: 0 };
  const waiting: T[] = [];
  const send = async (): Promise<void> => {
    for (let left = waiting.length; left > 0; left--) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      waiting.shift();
      seen.taken++;
    }
  };
  return {
    name: 'slow',
    traits: { guarantee: 'repeats' },
    get taken() {
      return seen.taken;
    },
    get mostBuffered() {
      return seen.mostBuffered;
    },
    open: () =>
      Promise.resolve({
        write: (row) => {
          waiting.push(row);
          seen.mostBuffered = Math.max(seen.mostBuffered, waiting.length);
        },
        get buffered() {
          return { records: waiting.length, bytes: waiting.length * 100 };
        },
        send,
        cut: async () => {
          await send();
          return {};
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  };
}

/** A source of as many records as anybody asks for, in batches of a hundred. */
function endless(): Source<{ readonly at: number; readonly text: string }> & { readonly read: number } {
  const seen = { read: 0 };
  return {
    name: 'endless',
    traits: { timestamps: false, live: false, replay: 'any' },
    get read() {
      return seen.read;
    },
    open: ({ signal }) => {
      let isOpen = false;
      return {
        next: async () => {
          await Promise.resolve();
          if (signal.aborted) return { done: true, value: undefined };
          if (!isOpen) {
            isOpen = true;
            return { done: false, value: { kind: 'opened', positions: { '0': { offset: 0 } } } };
          }
          const first = seen.read;
          seen.read += 100;
          const records = Array.from({ length: 100 }, (_, i) => ({
            at: first + i,
            text: `record ${first + i}`.padEnd(100),
          }));
          const positionAfter = (done: number): { readonly offset: number } => ({ offset: first + done });
          return {
            done: false,
            value: {
              kind: 'batch',
              batch: { partition: '0', records, bytes: 10_000, positionAfter, origin: () => undefined },
            },
          };
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
    },
  };
}

describe('memory', () => {
  it('stays flat for an hour of a sink that takes a row a second', async () => {
    const [source, sink] = [endless(), slowSink()];
    const job = stream(source).to(sink);
    const running = job.run({ maxBuffered: { records: 500 }, drainWithin: '1s' });
    await vi.advanceTimersByTimeAsync(600_000);
    const before = heapMb();
    await vi.advanceTimersByTimeAsync(hour);
    const grown = heapMb() - before;
    expect(sink.taken).toBeGreaterThan(4_000);
    expect(sink.mostBuffered).toBeLessThan(500 + 256);
    expect(source.read).toBeLessThan(sink.taken + 1_000);
    expect(grown).toBeLessThan(2);
    void job.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await running).state).toBe('stopped');
  });

  it('stays flat for a day of a stream that is silent but for a checkpoint now and then', async () => {
    const world = new MortalWorld();
    world.begin();
    const job = stream(silent())
      .eventTime('at', { idleAfter: '1m' })
      .keyBy('key')
      .tumblingWindow('1h')
      .aggregate({ n: count(), mean: mean('at') })
      .to(world.plainSink('file', 'follows'));
    const running = job.run({ checkpoint: world.store() });
    await vi.advanceTimersByTimeAsync(2 * hour);
    const [before, checkpoints] = [heapMb(), world.stored];
    await vi.advanceTimersByTimeAsync(24 * hour);
    expect(heapMb() - before).toBeLessThan(2);
    // It is asked every minute, and has nothing: between these no checkpoint is worth writing.
    expect(world.stored - checkpoints).toBeLessThanOrEqual(24 * 60 + 1);
    void job.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await running).state).toBe('stopped');
  }, 60_000);
});

/** A live source that is asked, and has nothing, a minute at a time. */
function silent(): Source<{ readonly key: string; readonly at: number }> {
  return {
    name: 'silent',
    traits: { timestamps: false, live: true, replay: 'any' },
    open: ({ signal }) => {
      let isOpen = false;
      return {
        next: async () => {
          const event: SourceEvent<never> = isOpen
            ? { kind: 'empty', partition: '0', askedMs: 60_000 }
            : { kind: 'opened', positions: { '0': {} } };
          if (isOpen) {
            await new Promise<void>((resolve) => {
              const done = (): void => {
                signal.removeEventListener('abort', done);
                resolve();
              };
              setTimeout(done, 60_000);
              signal.addEventListener('abort', done);
            });
          }
          isOpen = true;
          return signal.aborted ? { done: true, value: undefined } : { done: false, value: event };
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
    },
  };
}
