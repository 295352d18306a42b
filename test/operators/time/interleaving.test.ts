import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, max, mean, type Stream } from '../../../src/index.ts';
import { type Batches, batches } from '../../support/batches.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
  readonly t: number | null;
}

type Chain = (input: Stream<Reading>) => Stream<unknown, unknown>;

const chains: Readonly<Record<string, Chain>> = {
  'windows, and an average over their rows': (input) =>
    input
      .eventTime('at', { outOfOrderness: 8 })
      .keyBy('id')
      .tumblingWindow(10)
      .aggregate({ n: count(), max: max('t'), mean: mean('t') })
      .ewma('mean', { alpha: 0.3, as: 'smooth' }) as unknown as Stream<unknown, unknown>,
  'sorting, and state of keys that expire': (input) =>
    input
      .eventTime('at', { outOfOrderness: 8 })
      .sortByTime()
      .keyBy('id')
      .fillMissing({ t: 'previous' }, { ttl: 25 })
      .ewma('t', { alpha: 0.3, as: 'smooth', ttl: 15 })
      .movingAverage('t', { over: 3, as: 'moving', maxKeys: 2 }) as unknown as Stream<unknown, unknown>,
  'sorting by key with little room': (input) =>
    input
      .eventTime('at', { outOfOrderness: 20 })
      .keyBy('id')
      .sortByTime({ maxHeld: 4 })
      .unkeyed()
      .tumblingWindow(10)
      .aggregate({ n: count(), max: max('t') }) as unknown as Stream<unknown, unknown>,
};

const partitions = ['a', 'b', 'c'];

/** Records of one partition, one behind the other. */
interface Run {
  readonly partition: string;
  readonly records: readonly Reading[];
}

const reading = fc.record({
  at: fc.integer({ min: 0, max: 120 }),
  id: fc.constantFrom('x', 'y', 'z', 'u'),
  t: fc.option(fc.integer({ min: -9, max: 9 })),
});
const run = fc.record({ partition: fc.constantFrom(...partitions), records: fc.array(reading, { maxLength: 12 }) });
/** In what is left of a run, where the next batch ends; and whether a checkpoint and a restore come behind it. */
const cuts = fc.infiniteStream(fc.record({ size: fc.integer({ min: 1, max: 12 }), restores: fc.boolean() }));

/** All that came out, as bytes. */
function outcome(chain: Chain, runs: readonly Run[], cut: () => { readonly size: number; readonly restores: boolean }) {
  const lines = new Map<string, number>();
  let now = started(chain);
  const told = { rows: [] as unknown[], rejections: [] as unknown[], watermarks: [] as unknown[] };
  const take = ({ rows, rejections, watermarks }: Batches): void => {
    told.rows.push(...rows);
    told.rejections.push(...rejections);
    told.watermarks.push(...watermarks);
  };
  for (const { partition, records } of runs) {
    for (let from = 0; from < records.length;) {
      const { size, restores } = cut();
      const batch = records.slice(from, from + size);
      const line = lines.get(partition) ?? 0;
      now.sweep(partition, batch, line);
      lines.set(partition, line + batch.length);
      from += batch.length;
      if (!restores) continue;
      const snapshot = structuredClone(now.pipeline.snapshot());
      take(now);
      now = batches(chain);
      now.pipeline.restore(snapshot);
    }
  }
  now.pipeline.heads[0]!.end();
  expect(now.pipeline.end()).toBeUndefined();
  take(now);
  return JSON.stringify(told);
}

function started(chain: Chain): Batches {
  const fresh = batches(chain);
  for (const partition of partitions) fresh.pipeline.heads[0]!.partition(partition);
  return fresh;
}

describe.each(Object.entries(chains))('%s', (_, chain) => {
  it('gives the same bytes wherever batches end, and wherever a checkpoint is restored', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), cuts, (runs, borders) => {
        const whole = outcome(chain, runs, () => ({ size: 1, restores: false }));
        const cut = outcome(chain, runs, () => borders.next().value);
        expect(cut).toBe(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});
