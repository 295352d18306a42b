import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../../core/layout.ts';
import { Pipeline } from '../../../core/pipeline.ts';
import { timestampsAsTheyAre } from '../../../operators/time/timestamps-as-they-are.ts';
import { parts } from '../../../src/engine/parts.ts';
import { collect, count, max, type Stream, stream } from '../../../src/index.ts';
import { linkOfStream } from '../../../src/stream.ts';
import { heapMb } from '../../support/heap.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
}

const records = Number(process.env['MILLRACE_RECORDS'] ?? 150_000);
const batch = 1_000;

/** A new key with every other record; each comes for some thousand records and never again. */
function reading(index: number): Reading {
  return { at: index, id: `device ${Math.floor(index / 2) + (index % 1_000)}` };
}

const limits = { maxKeys: 1_000, ttl: 5_000 };
/** One of each kind: a number, a list, and one from which nothing can be subtracted. */
const aggregate = { n: count(), at: collect('at'), newest: max('at') };
type Chain = (input: Stream<Reading>) => Observable<unknown>;

/** Most of these windows do not fire within the time of the test. */
const chains: Readonly<Record<string, Chain>> = {
  countWindow: (input) => input.countWindow({ size: 1_000, ...limits }).aggregate(aggregate),
  'countWindow with a slide': (input) => input.countWindow({ size: 1_000, slide: 300, ...limits }).aggregate(aggregate),
  globalWindow: (input) => input.globalWindow(limits).aggregate(aggregate),
  'globalWindow with early rows': (input) =>
    input.globalWindow({ early: { every: '1d', time: 'processing' }, ...limits }).aggregate(aggregate),
  'globalWindow with rows of event time': (input) =>
    input.globalWindow({ early: { every: '1d' }, ...limits }).aggregate(aggregate),
  sessionWindow: (input) => input.sessionWindow({ gap: '1d', ...limits }).aggregate(aggregate),
  tumblingWindow: (input) => input.tumblingWindow('1d', limits).aggregate(aggregate),
  'tumblingWindow with early rows': (input) =>
    input.tumblingWindow('1d', { early: { every: '1h', time: 'processing' }, ...limits }).aggregate(aggregate),
  'tumblingWindow with empty ones': (input) =>
    input.tumblingWindow('1s', { empty: true, ...limits }).aggregate(aggregate),
  slidingWindow: (input) => input.slidingWindow({ size: '1d', slide: '1h', ...limits }).aggregate(aggregate),
  'slidingWindow of which some slices have left': (input) =>
    input.slidingWindow({ size: '1200ms', slide: '200ms', ...limits }).aggregate(aggregate),
};

describe('windows with limits', () => {
  it.each(Object.keys(chains))(
    `%s keep what 1,000 keys have, over ${records} records`,
    { timeout: 600_000 },
    (name) => {
      const chain = chains[name]!((stream([]) as unknown as Stream<Reading>).eventTime('at').keyBy('id'));
      let evicted = 0;
      const pipeline = new Pipeline(
        layOut([linkOfStream(chain)!], timestampsAsTheyAre).plan,
        {
          clock: { now: () => 0, wakeAt: () => () => {} },
          outlets: [{ next: () => {} }],
          reject: () => void evicted++,
          fail: (cause) => {
            throw cause;
          },
        },
        parts,
      );
      const head = pipeline.heads[0]!;
      const slot = head.partition('0');
      const heaps: number[] = [];
      for (let from = 0; from < records; from += batch) {
        const list = Array.from({ length: batch }, (_, index) => reading(from + index));
        for (let swept = 0; swept < batch; pipeline.finish()) swept += head.sweep(list, swept, batch, slot) - swept;
        if ((from / batch) % (records / batch / 10) === 0 && from >= records / 2) heaps.push(heapMb());
      }
      expect(evicted).toBeGreaterThan(records / 10);
      expect(Math.max(...heaps) - (heaps[0] as number)).toBeLessThan(0.3);
    },
  );
});
