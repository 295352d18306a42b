import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accumulators } from '../../../core/accumulators.ts';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { approxDistinct } from '../../../operators/aggregate/approx-distinct.ts';
import { approxQuantile } from '../../../operators/aggregate/approx-quantile.ts';
import { approxTopK } from '../../../operators/aggregate/approx-top-k.ts';
import { patience, runs } from '../../support/runs.ts';
import { begun, obeysAccumulatorLaws } from './accumulator-laws.ts';

/** Numbers in [0, 1) that are the same in every run (Steele, Lea, Flood 2014, as splitmix32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The values dealt out to three cells, and those merged in this order; with a snapshot in between. */
function merged(aggregate: Aggregate<never, unknown>, values: readonly unknown[], order: readonly number[]): unknown {
  const accumulators = begun(aggregate);
  values.forEach((value, index) => accumulators.add(index % 3, value, index));
  const [into, ...others] = order as [number, number, number];
  const restored = begun(aggregate);
  restored.restore([2, 1, 0], structuredClone(accumulators.snapshot([0, 1, 2])));
  for (const cell of others) restored.merge(2 - into, 2 - cell);
  return restored.result(2 - into);
}

function once(aggregate: Aggregate<never, unknown>, values: readonly unknown[]): Accumulators {
  const accumulators = begun(aggregate);
  for (const value of values) accumulators.add(0, value, 0);
  return accumulators;
}

const orders = [
  [0, 1, 2],
  [2, 0, 1],
  [1, 2, 0],
] as const;

describe('approxQuantile', () => {
  const wide = fc.oneof(
    { weight: 6, arbitrary: fc.double({ noNaN: true }) },
    fc.constantFrom(0, -0, Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, 1, -1),
    fc.integer({ min: -1000, max: 1000 }),
  );

  it('is within its accuracy of the exact value, whatever the values, the quantile and the merges', patience, () => {
    const given = fc.tuple(
      fc.array(wide, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0.001, 0.01, 0.2),
      fc.constantFrom(...orders),
    );
    fc.assert(
      fc.property(given, ([values, q, accuracy, order]) => {
        const result = merged(approxQuantile('v', q, { accuracy }), values, order) as number;
        const exact = values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] as number;
        // The smallest numbers have fewer digits than the accuracy asks for.
        const most = accuracy * (1 + 1e-9) * Math.abs(exact) + 1e-320;
        expect(result === exact ? 0 : Math.abs(result - exact)).toBeLessThanOrEqual(most);
      }),
      { numRuns: runs },
    );
  });

  it('is what it was before, when what was merged is taken away', () => {
    fc.assert(
      fc.property(fc.array(wide, { minLength: 1 }), fc.array(wide), (stay, leave) => {
        const accumulators = once(approxQuantile('v', 0.5), stay);
        for (const value of leave) accumulators.add(1, value, 0);
        const before = accumulators.result(0);
        accumulators.merge(0, 1);
        accumulators.subtract?.(0, 1);
        expect(accumulators.result(0)).toBe(before);
        accumulators.merge(2, 1);
        accumulators.subtract?.(2, 1);
        expect(accumulators.result(2)).toBe(null);
      }),
    );
  });

  it('holds the same on values spread over many powers of ten', () => {
    const next = random(7);
    const values = Array.from({ length: 100_000 }, () => Math.exp(40 * next() - 20) * (next() < 0.3 ? -1 : 1));
    const sorted = values.toSorted((a, b) => a - b);
    for (const q of [0, 0.001, 0.29, 0.31, 0.5, 0.99, 0.9999, 1]) {
      const exact = sorted[Math.floor(q * (values.length - 1))] as number;
      const result = once(approxQuantile('v', q), values).result(0) as number;
      expect(Math.abs(result - exact) / Math.abs(exact)).toBeLessThanOrEqual(0.01 * (1 + 1e-9));
    }
  });
});

describe('approxDistinct', () => {
  it.each([
    { error: 0.01, trials: 30, n: 40_000 },
    { error: 0.05, trials: 60, n: 20_000 },
    { error: 0.05, trials: 60, n: 700 },
    { error: 0.05, trials: 20, n: 150_000 },
    { error: 0.25, trials: 200, n: 300 },
  ])(
    'has a standard error of at most $error at $n values',
    ({ error, trials, n }) => {
      for (const name of [(i: number) => `user-${i}`, (i: number) => i, (i: number) => i * 1e-7]) {
        let squares = 0;
        let sum = 0;
        for (let trial = 0; trial < trials; trial++) {
          const accumulators = begun(approxDistinct('v', { error }));
          for (let i = 0; i < n; i++) accumulators.add(0, name(trial * n + i), 0);
          const off = ((accumulators.result(0) as number) - n) / n;
          squares += off * off;
          sum += off;
        }
        // The estimate of a standard error from so few trials has itself one, of 1 / sqrt(2 trials); three of them are allowed.
        const slack = 1 + 3 / Math.sqrt(2 * trials);
        expect(Math.sqrt(squares / trials)).toBeLessThanOrEqual(error * slack);
        expect(Math.abs(sum / trials)).toBeLessThanOrEqual((3 * error) / Math.sqrt(trials));
      }
    },
    60_000,
  );

  it('is the same in whatever order cells are merged, and whatever comes twice', () => {
    const next = random(3);
    const values = Array.from({ length: 30_000 }, () => `v${Math.floor(next() * 12_000)}`);
    const straight = once(approxDistinct('v'), [...new Set(values)]).result(0);
    for (const order of orders) expect(merged(approxDistinct('v'), values, order)).toBe(straight);
  });

  it('is exact for few values', () => {
    const values = Array.from({ length: 250 }, (_, i) => i % 200);
    for (const order of orders) expect(merged(approxDistinct('v'), values, order)).toBe(200);
  });

  it('takes about as much memory as its registers', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => i);
    const [registers] = once(approxDistinct('v'), values).snapshot([0])['sketches'] as Uint8Array[];
    expect(registers?.byteLength).toBe(16_384);
  });
});

interface Counted {
  readonly value: number;
  readonly count: number;
}

describe('approxTopK', () => {
  /** Counts that are too small, or more than n / capacity too large, and values above that that are not there. */
  function faults(result: readonly Counted[], values: readonly number[], capacity: number): readonly unknown[] {
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    const most = values.length / capacity;
    const found = result.map((each) => each.value);
    const wrong = result.filter(({ value, count }) => {
      const exact = counts.get(value) ?? 0;
      return count < exact || count > exact + most;
    });
    return [...wrong, ...[...counts].filter(([value, count]) => count > most && !found.includes(value))];
  }

  it('keeps its word on arbitrary values, merged in any order', patience, () => {
    const given = fc.tuple(
      fc.array(fc.oneof(fc.nat(3), fc.nat(30)), { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom(...orders),
    );
    fc.assert(
      fc.property(given, ([values, capacity, order]) => {
        const all = approxTopK('v', capacity, { capacity });
        expect(faults(merged(all, values, order) as Counted[], values, capacity)).toEqual([]);
        expect(faults(once(all, values).result(0) as Counted[], values, capacity)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it('keeps its word when many small summaries are merged, one after the other', () => {
    const next = random(11);
    const capacity = 50;
    const all = approxTopK('v', capacity, { capacity });
    const accumulators = begun(all);
    const values: number[] = [];
    for (let part = 0; part < 100; part++) {
      accumulators.clear(1);
      for (let i = 0; i < 200; i++) {
        const value = Math.floor(1 / (next() + 1e-4)) + (i % 7 === 0 ? part * 1000 + i : 0);
        values.push(value);
        accumulators.add(1, value, 0);
      }
      accumulators.merge(0, 1);
    }
    expect(faults(accumulators.result(0) as Counted[], values, capacity)).toEqual([]);
  });

  it('finds the frequent ones behind a flood of others that come once', () => {
    const flood = Array.from({ length: 50_000 }, (_, i) => (i % 50 === 0 ? -1 : i));
    const result = once(approxTopK('v', 1), flood).result(0) as Counted[];
    expect(result).toEqual([{ value: -1, count: expect.any(Number) }]);
    expect(
      faults(once(approxTopK('v', 100), [...flood, ...flood]).result(0) as Counted[], [...flood, ...flood], 1_000),
    ).toEqual([]);
  });

  it('goes on from a snapshot as if nothing had happened', () => {
    const values = fc.array(fc.nat(9), { maxLength: 40 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        const through = once(approxTopK('v', 2, { capacity: 3 }), before);
        const restored = begun(approxTopK('v', 2, { capacity: 3 }));
        restored.restore([1], structuredClone(through.snapshot([0])));
        for (const value of after) {
          through.add(0, value, 0);
          restored.add(1, value, 0);
        }
        expect(restored.snapshot([1])).toEqual(through.snapshot([0]));
      }),
    );
  });
});

describe('approxQuantile obeys the laws of accumulators', () => {
  const exactly = (values: readonly number[]): number | null => {
    const sorted = values.toSorted((a, b) => a - b);
    const exact = sorted[Math.floor(0.5 * (values.length - 1))];
    return exact === undefined ? null : (once(approxQuantile('v', 0.5), [exact]).result(0) as number);
  };
  obeysAccumulatorLaws({
    aggregate: approxQuantile('v', 0.5),
    values: fc.integer({ min: -100, max: 100 }),
    model: (added) => exactly(added.map(({ value }) => value)),
    inverts: true,
  });
});
