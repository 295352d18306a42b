import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, max, mean, type Stream } from '../../../src/index.ts';
import { patience, runs } from '../../support/runs.ts';
import { bytesOf, type Cut, cutting, play, stepsOf, uncut } from '../../support/script.ts';

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
const reading: fc.Arbitrary<Reading> = fc.record({
  at: fc.integer({ min: 0, max: 120 }),
  id: fc.constantFrom('x', 'y', 'z', 'u'),
  t: fc.option(fc.integer({ min: -9, max: 9 })),
});
const acts = fc.array(
  fc.record({
    kind: fc.constant('records' as const),
    partition: fc.constantFrom(...partitions),
    records: fc.array(reading, { maxLength: 12 }),
  }),
  { maxLength: 12 },
);

describe.each(Object.entries(chains))('%s', (_, chain) => {
  it('gives the same bytes wherever batches end, and wherever a checkpoint is restored', patience, () => {
    fc.assert(
      fc.property(acts, cutting(12), (given, cuts) => {
        const told = (each: readonly Cut[]): string => bytesOf(play(chain, stepsOf(given, each), { partitions }));
        expect(told(cuts)).toBe(told(uncut));
      }),
      { numRuns: runs },
    );
  });
});
