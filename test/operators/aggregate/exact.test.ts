import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { approxDistinct } from '../../../operators/aggregate/approx-distinct.ts';
import { correlation } from '../../../operators/aggregate/correlation.ts';
import { covariance } from '../../../operators/aggregate/covariance.ts';
import { distinct } from '../../../operators/aggregate/distinct.ts';
import { kurtosis } from '../../../operators/aggregate/kurtosis.ts';
import { median } from '../../../operators/aggregate/median.ts';
import { quantile } from '../../../operators/aggregate/quantile.ts';
import { interpolations } from '../../../operators/aggregate/quantile-accumulators.ts';
import { rate } from '../../../operators/aggregate/rate.ts';
import { skewness } from '../../../operators/aggregate/skewness.ts';
import { standardError } from '../../../operators/aggregate/standard-error.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { timeWeightedMean } from '../../../operators/aggregate/time-weighted-mean.ts';
import { topK } from '../../../operators/aggregate/top-k.ts';
import { variance } from '../../../operators/aggregate/variance.ts';
import { weightedMean } from '../../../operators/aggregate/weighted-mean.ts';
import { begun } from './accumulator-laws.ts';

/** Of values that come one millisecond after the other, from 0 on. */
function resultOf(aggregate: Aggregate<never, unknown>, values: readonly unknown[], end?: number): unknown {
  const accumulators = begun(aggregate);
  values.forEach((value, time) => accumulators.add(0, value, time));
  return accumulators.result(0, 0, end);
}

const infinity = Number.POSITIVE_INFINITY;

describe('spreads', () => {
  it.each([1, 0.1, 1e15 / 3, -7e-300])('are 0 of a constant, however often it comes: %j', (value) => {
    const same = Array.from({ length: 1_000 }, () => value);
    for (const of of [variance, stddev, standardError, skewness]) expect(resultOf(of('v'), same)).toBe(0);
    expect(resultOf(kurtosis('v'), same)).toBe(-3);
    const accumulators = begun(variance('v'));
    same.forEach((each, index) => accumulators.add(index % 3, each, 0));
    accumulators.merge(0, 1);
    accumulators.merge(0, 2);
    expect(accumulators.result(0)).toBe(0);
  });

  it.each([
    [variance('v'), 1, 0.5],
    [variance('v', { ddof: 0 }), 0, 0.25],
    [skewness('v'), 2, null],
    [kurtosis('v'), 3, null],
  ])('are null below their number of values', (aggregate, most, ofTwo) => {
    for (let n = 0; n <= most; n++) expect(resultOf(aggregate, [1, 2, 3, 4].slice(0, n))).toBe(null);
    expect(resultOf(aggregate, [1, 2])).toBe(ofTwo);
    expect(resultOf(variance('v', { ddof: 0 }), [5])).toBe(0);
  });

  it('keep their digits far from zero', () => {
    const far = [4, 7, 13, 16].map((value) => value + 1e15);
    expect(resultOf(variance('v'), far)).toBe(30);
    expect(resultOf(skewness('v'), far)).toBeCloseTo(resultOf(skewness('v'), [4, 7, 13, 16]) as number, 14);
    expect(resultOf(kurtosis('v'), far)).toBeCloseTo(resultOf(kurtosis('v'), [4, 7, 13, 16]) as number, 14);
  });

  it('are null where a value is infinite, or a square too large', () => {
    const all = [
      variance('v'),
      variance('v', { ddof: 0 }),
      stddev('v'),
      standardError('v'),
      skewness('v'),
      kurtosis('v'),
    ];
    for (const aggregate of all) {
      expect(resultOf(aggregate, [1, infinity, 3, 4])).toBe(null);
      expect(resultOf(aggregate, [infinity, 2, 3, 4])).toBe(null);
      expect(resultOf(aggregate, [infinity])).toBe(null);
      expect(resultOf(aggregate, [1e300, -1e300, 3, 4])).toBe(null);
    }
    for (const aggregate of [covariance('a', 'b'), correlation('a', 'b'), weightedMean('a', 'b')]) {
      expect(
        resultOf(aggregate, [
          { a: infinity, b: 1 },
          { a: 1, b: 2 },
        ]),
      ).toBe(null);
      expect(
        resultOf(aggregate, [
          { a: 1, b: 1 },
          { a: 1, b: -infinity },
        ]),
      ).toBe(null);
    }
  });
});

describe('correlation', () => {
  it('is 1 or -1 of what lies on a line, and null where one is constant', () => {
    const line = [0.1, 0.2, 0.7].map((a) => ({ a, b: 3 * a + 1 }));
    expect(resultOf(correlation('a', 'b'), line)).toBeCloseTo(1, 15);
    expect(resultOf(correlation('a', 'b'), line)).toBeLessThanOrEqual(1);
    expect(
      resultOf(
        correlation('a', 'b'),
        line.map(({ a, b }) => ({ a, b: -b })),
      ),
    ).toBeCloseTo(-1, 15);
    expect(
      resultOf(
        correlation('a', 'b'),
        line.map(({ a }) => ({ a, b: 5 })),
      ),
    ).toBe(null);
  });
});

describe('quantile', () => {
  it.each([
    ['linear', [1, 1.75, 2.5, 4]],
    ['lower', [1, 1, 2, 4]],
    ['higher', [1, 2, 3, 4]],
    ['midpoint', [1, 1.5, 2.5, 4]],
    // Halfway, at place 1.5: the even place is 2.
    ['nearest', [1, 2, 3, 4]],
  ] as const)('interpolates as it is told: %s', (interpolation, expected) => {
    const results = [0, 0.25, 0.5, 1].map((q) => resultOf(quantile('v', q, { interpolation }), [4, 1, 3, 2]));
    expect(results).toEqual(expected);
  });

  it.each(interpolations)('is null of nothing, and the value of one value: %s', (interpolation) => {
    expect(resultOf(quantile('v', 0.3, { interpolation }), [])).toBe(null);
    expect(resultOf(quantile('v', 0.3, { interpolation }), [7])).toBe(7);
  });

  it('knows infinite values, and those whose difference is', () => {
    expect(resultOf(median('v'), [infinity, infinity, 1])).toBe(infinity);
    expect(resultOf(median('v'), [infinity, infinity])).toBe(infinity);
    expect(resultOf(median('v'), [Number.MAX_VALUE, -Number.MAX_VALUE])).toBe(0);
  });
});

describe('what counts as the same value', () => {
  const values = [1, '1', 1n, true, 'true', [1], ['1'], { a: 1, b: 2 }, new Date(1), '\u0000d1', '\u0000[number1]'];
  const again = [1, '1', 1n, true, 'true', [1], ['1'], { b: 2, a: 1 }, new Date(1), '\u0000d1', '\u0000[number1]'];

  it('is the same for distinct, topK and approxDistinct', () => {
    expect(resultOf(distinct('v'), [...values, ...again])).toBe(values.length);
    expect(resultOf(approxDistinct('v'), [...values, ...again, 0, -0])).toBe(values.length + 1);
    const counts = resultOf(topK('v', 20), [...values, ...again]) as readonly { value: unknown; count: number }[];
    expect(counts).toEqual(values.map((value) => ({ value, count: 2 })));
  });
});

describe('topK', () => {
  it('has the one first that was seen first, of equal counts, also of merged cells', () => {
    const accumulators = begun(topK('v', 2));
    ['a', 'b', 'c', 'b', 'a'].forEach((value, index) => accumulators.add(index % 2, value, 0));
    accumulators.merge(1, 0);
    expect(accumulators.result(1)).toEqual([
      { value: 'a', count: 2 },
      { value: 'b', count: 2 },
    ]);
  });
});

describe('weightedMean', () => {
  it('is null where nothing weighs anything, also when all that did was taken away', () => {
    const accumulators = begun(weightedMean('v', 'w'));
    const { result } = { result: (cell: number) => accumulators.result(cell) };
    accumulators.add(0, { v: 3, w: 0 }, 0);
    expect(result(0)).toBe(null);
    for (const w of [0.1, 0.2, 0.3]) accumulators.add(1, { v: 3, w }, 0);
    expect(result(1)).toBe(3);
    accumulators.merge(0, 1);
    accumulators.subtract?.(0, 1);
    expect(result(0)).toBe(null);
  });
});

describe('timeWeightedMean', () => {
  it('lets each value weigh as long as it holds', () => {
    const accumulators = begun(timeWeightedMean('v'));
    for (const [value, time] of [
      [10, 5_000],
      [20, 6_000],
    ] as const) {
      accumulators.add(0, value, time);
    }
    expect(accumulators.result(0, 0, 60_000)).toBeCloseTo((10 * 1 + 20 * 54) / 55, 12);
    // A window without an end: up to the last value.
    expect(accumulators.result(0, Number.NEGATIVE_INFINITY, infinity)).toBe(10);
    expect(accumulators.result(0)).toBe(10);
  });

  it('is the value of one that comes at the end, and the last of those that come together', () => {
    expect(resultOf(timeWeightedMean('v'), [7])).toBe(7);
    const accumulators = begun(timeWeightedMean('v'));
    for (const value of [1, infinity, 3]) accumulators.add(0, value, 5);
    expect(accumulators.result(0, 0, 10)).toBe(3);
    accumulators.add(0, infinity, 7);
    expect(accumulators.result(0, 0, 10)).toBe(null);
  });
});

describe('rate', () => {
  it('is by the length of the window, in the unit that was asked for', () => {
    expect(resultOf(rate(), ['a', 'b'], 4_000)).toBe(0.5);
    expect(resultOf(rate({ per: '1m' }), ['a', 'b'], 4_000)).toBe(30);
    expect(resultOf(rate('v'), [3, 5], 4_000)).toBe(2);
    expect(resultOf(rate('v'), [], 4_000)).toBe(0);
    expect(resultOf(rate(), [1], infinity)).toBe(null);
    expect(resultOf(rate(), [1])).toBe(null);
  });

  it('knows a counter that starts over', () => {
    expect(resultOf(rate('v', { of: 'counter', per: 1 }), [10, 14, 1, 3])).toBe(7 / 3);
    expect(resultOf(rate('v', { of: 'counter' }), [10])).toBe(null);
    expect(resultOf(rate('v', { of: 'counter' }), [])).toBe(null);
  });
});
