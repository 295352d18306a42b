import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { aggregator } from '../../../operators/aggregate/aggregator.ts';
import { approxDistinct } from '../../../operators/aggregate/approx-distinct.ts';
import { approxTopK } from '../../../operators/aggregate/approx-top-k.ts';
import { collect } from '../../../operators/aggregate/collect.ts';
import { correlation } from '../../../operators/aggregate/correlation.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { covariance } from '../../../operators/aggregate/covariance.ts';
import { distinct } from '../../../operators/aggregate/distinct.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { kurtosis } from '../../../operators/aggregate/kurtosis.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { median } from '../../../operators/aggregate/median.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { quantile } from '../../../operators/aggregate/quantile.ts';
import { rate } from '../../../operators/aggregate/rate.ts';
import { skewness } from '../../../operators/aggregate/skewness.ts';
import { standardError } from '../../../operators/aggregate/standard-error.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { timeWeightedMean } from '../../../operators/aggregate/time-weighted-mean.ts';
import { topK } from '../../../operators/aggregate/top-k.ts';
import { variance } from '../../../operators/aggregate/variance.ts';
import { weightedMean } from '../../../operators/aggregate/weighted-mean.ts';
import { type Added, type AccumulatorLaws, begun, obeysAccumulatorLaws } from './accumulator-laws.ts';
import * as model from './models.ts';

const integers = fc.integer({ min: -100, max: 100 });
const few = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('0', 'b', true, 1n, '\u0000'));
const numbers = (added: readonly Added[]): readonly number[] => added.map(({ value }) => value);

interface Pair {
  readonly a: number | null;
  readonly b?: number | undefined;
}
const pairs = fc.record({
  a: fc.option(fc.integer({ min: -9, max: 9 }), { freq: 9 }),
  b: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined, freq: 9 }),
});
const whole = (added: readonly Added<Pair>[]): readonly (readonly [number, number])[] =>
  added.flatMap(({ value: { a, b } }) => (a === null || b === undefined ? [] : [[a, b] as const]));

/** The laws of an aggregate of numbers that a model of all of them at once stands for. */
function ofNumbers(
  aggregate: Aggregate<never, unknown>,
  expected: (values: readonly number[]) => unknown,
  inverts = false,
): AccumulatorLaws<number> {
  return { aggregate, values: integers, model: (added) => expected(numbers(added)), inverts };
}

function ofPairs(
  aggregate: Aggregate<never, unknown>,
  expected: (values: readonly (readonly [number, number])[]) => unknown,
  inverts = false,
): AccumulatorLaws<Pair> {
  return { aggregate, values: pairs, model: (added) => expected(whole(added)), inverts };
}

describe('count', () => obeysAccumulatorLaws(ofNumbers(count('v'), (values) => values.length, true)));
describe('sum', () => obeysAccumulatorLaws(ofNumbers(sum('v'), model.sum, true)));
describe('mean', () => obeysAccumulatorLaws(ofNumbers(mean('v'), model.mean, true)));
describe('min', () =>
  obeysAccumulatorLaws(
    ofNumbers(
      min('v'),
      model.orNull((values) => Math.min(...values)),
    ),
  ));
describe('max', () =>
  obeysAccumulatorLaws(
    ofNumbers(
      max('v'),
      model.orNull((values) => Math.max(...values)),
    ),
  ));
describe('variance', () => obeysAccumulatorLaws(ofNumbers(variance('v'), (values) => model.variance(values, 1))));
describe('variance with ddof 0', () =>
  obeysAccumulatorLaws(ofNumbers(variance('v', { ddof: 0 }), (values) => model.variance(values, 0))));
describe('stddev', () =>
  obeysAccumulatorLaws(ofNumbers(stddev('v'), (values) => model.rooted(model.variance(values, 1)))));
describe('standardError', () =>
  obeysAccumulatorLaws(
    ofNumbers(standardError('v'), (values) => model.rooted(model.variance(values, 1), values.length)),
  ));
describe('skewness', () => obeysAccumulatorLaws(ofNumbers(skewness('v'), model.skewness)));
describe('kurtosis', () => obeysAccumulatorLaws(ofNumbers(kurtosis('v'), model.kurtosis)));
describe('covariance', () => obeysAccumulatorLaws(ofPairs(covariance('a', 'b'), (each) => model.covariance(each, 1))));
describe('covariance with ddof 0', () =>
  obeysAccumulatorLaws(ofPairs(covariance('a', 'b', { ddof: 0 }), (each) => model.covariance(each, 0))));
describe('correlation', () => obeysAccumulatorLaws(ofPairs(correlation('a', 'b'), model.correlation)));
describe('weightedMean', () => obeysAccumulatorLaws(ofPairs(weightedMean('a', 'b'), model.weightedMean, true)));
describe('median', () => obeysAccumulatorLaws(ofNumbers(median('v'), (values) => model.quantile(values, 0.5), true)));
describe('quantile', () =>
  obeysAccumulatorLaws(ofNumbers(quantile('v', 0.3), (values) => model.quantile(values, 0.3), true)));
describe('first', () =>
  obeysAccumulatorLaws({ aggregate: first('v'), values: integers, model: (a) => model.byTime(a, 0), inverts: false }));
describe('last', () =>
  obeysAccumulatorLaws({ aggregate: last('v'), values: integers, model: (a) => model.byTime(a, -1), inverts: false }));
describe('timeWeightedMean', () =>
  obeysAccumulatorLaws({
    aggregate: timeWeightedMean('v'),
    values: integers,
    model: (added) => model.timeWeightedMean(added, 10),
    inverts: false,
  }));
describe('rate', () => obeysAccumulatorLaws(ofNumbers(rate(), (values) => values.length / 0.01, true)));
describe('rate of amounts', () =>
  obeysAccumulatorLaws(ofNumbers(rate('v', { per: '1ms' }), (values) => model.sum(values) / 10, true)));
describe('rate of a counter', () =>
  obeysAccumulatorLaws({
    aggregate: rate('v', { of: 'counter', per: 1 }),
    values: fc.nat(20),
    model: model.counterRate,
    inverts: false,
  }));
describe('distinct', () =>
  obeysAccumulatorLaws({
    aggregate: distinct('v'),
    values: few,
    model: model.orNull((added) => new Set(added.map(({ value }) => value)).size),
    inverts: true,
  }));
describe('approxDistinct', () =>
  obeysAccumulatorLaws({
    aggregate: approxDistinct('v'),
    values: few,
    model: model.orNull((added) => new Set(added.map(({ value }) => value)).size),
    inverts: false,
  }));
describe('collect', () =>
  obeysAccumulatorLaws({
    aggregate: collect('v'),
    values: few,
    model: model.orNull((added) => added.map(({ value }) => value)),
    inverts: true,
  }));
describe('topK', () =>
  obeysAccumulatorLaws({ aggregate: topK('v', 2), values: few, model: (a) => model.topK(a, 2), inverts: false }));
describe('approxTopK, with a counter for every value', () =>
  obeysAccumulatorLaws({ aggregate: approxTopK('v', 2), values: few, model: (a) => model.topK(a, 2), inverts: false }));

interface Totals {
  n: number;
  of: number;
}
const changing = aggregator<number, Totals, Totals>({
  create: () => ({ n: 0, of: 0 }),
  add: (state, value) => {
    state.n++;
    state.of += value;
    return state;
  },
  // The row gets a copy.
  result: (state) => state,
  merge: (a, b) => {
    a.n += b.n;
    a.of += b.of;
    return a;
  },
});
const making = aggregator<number, Totals, number>({
  create: () => ({ n: 0, of: 0 }),
  add: ({ n, of }, value) => ({ n: n + 1, of: of + value }),
  result: ({ n, of }) => of / n,
  merge: (a, b) => ({ n: a.n + b.n, of: a.of + b.of }),
});
describe('aggregator that changes its state', () =>
  obeysAccumulatorLaws(
    ofNumbers(
      changing as never,
      model.orNull((all) => ({ n: all.length, of: model.sum(all) })),
    ),
  ));
describe('aggregator that makes new states', () => obeysAccumulatorLaws(ofNumbers(making as never, model.mean)));

describe('aggregates are values that say what they read', () => {
  it.each([
    ['count', count, 'v'],
    ['sum', sum, 'v'],
    ['mean', mean, 'v'],
    ['min', min, 'v'],
    ['max', max, 'v'],
    ['first', first, 'v'],
    ['last', last, 'v'],
    ['variance', variance, 'v'],
    ['stddev', stddev, 'v'],
    ['standardError', standardError, 'v'],
    ['skewness', skewness, 'v'],
    ['kurtosis', kurtosis, 'v'],
    ['median', median, 'v'],
    ['quantile', (field: string) => quantile(field, 0.5), 'v'],
    ['distinct', distinct, 'v'],
    ['collect', collect, 'v'],
    ['topK', (field: string) => topK(field, 2), 'v'],
    ['approxTopK', (field: string) => approxTopK(field, 2), 'v'],
    ['approxDistinct', approxDistinct, 'v'],
    ['timeWeightedMean', timeWeightedMean, 'v'],
    ['rate', rate, 'v'],
  ] as const)('%s', (name, of, field) => {
    expect((of as (field: string) => Aggregate<never, unknown>)(field).recipe).toMatchObject({
      aggregate: name,
      field,
    });
    for (const wrong of ['', 5, null]) {
      // `rate` also takes options in the place of a field.
      if (name === 'rate' && wrong === null) continue;
      expect(() => (of as (field: unknown) => unknown)(wrong)).toThrowError(
        expect.objectContaining({ code: 'ML_ARGUMENT' }),
      );
    }
  });

  it.each([
    ['covariance', covariance],
    ['correlation', correlation],
    ['weightedMean', weightedMean],
  ] as const)('%s', (name, of) => {
    expect(of('a', 'b').recipe).toMatchObject({ aggregate: name, reads: ['a', 'b'], numeric: true });
    expect(() => of('', 'b')).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(() => of('a', 5 as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });

  it.each([
    ['ddof', () => variance('v', { ddof: 2 as never })],
    ['ddof', () => covariance('a', 'b', { ddof: '1' as never })],
    ['dof', () => stddev('v', { dof: 1 } as never)],
    ['q', () => quantile('v', 1.1)],
    ['q', () => quantile('v', Number.NaN)],
    ['interpolation', () => quantile('v', 0.5, { interpolation: 'cubic' as never })],
    ['k', () => topK('v', 0)],
    ['k', () => approxTopK('v', 1.5)],
    ['capacity', () => approxTopK('v', 10, { capacity: 9 })],
    ['error', () => approxDistinct('v', { error: 0.001 })],
    ['error', () => approxDistinct('v', { error: 0.5 })],
    ['per', () => rate({ per: 0 })],
    ['per', () => rate('v', { per: '1 second' as never })],
    ['of', () => rate('v', { of: 'gauge' as never })],
    ['merge', () => aggregator({ create: () => 0, add: (n: number) => n, result: (n: number) => n } as never)],
  ] as const)('refuse a wrong %s when called', (option, call) => {
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`: \`${option}\` must be`);
  });
});

describe('sum and mean', () => {
  const tenths = Array.from({ length: 10_000 }, () => 0.1);

  it('do not lose what rounding takes', () => {
    const sums = begun(sum('v'));
    const means = begun(mean('v'));
    for (const value of [1e100, 1, -1e100, ...tenths]) {
      sums.add(0, value, 0);
      means.add(0, value, 0);
    }
    expect(sums.result(0)).toBe(1_001);
    expect(means.result(0)).toBe(1_001 / 10_003);
  });

  it('are infinite where a value is, and no longer than that', () => {
    const { POSITIVE_INFINITY: infinity } = Number;
    const sums = begun(sum('v'));
    for (const value of [1, infinity, 2]) sums.add(0, value, 0);
    expect(sums.result(0)).toBe(infinity);
    sums.add(1, -infinity, 0);
    expect(sums.result(1)).toBe(-infinity);
    sums.merge(2, 0);
    sums.merge(2, 1);
    expect(sums.result(2)).toBe(Number.NaN);
    sums.subtract?.(2, 0);
    expect(sums.result(2)).toBe(-infinity);
    sums.add(2, 5, 0);
    sums.subtract?.(2, 1);
    expect(sums.result(2)).toBe(5);
  });

  it.each([
    // What a sum without comparisons meets on its way is infinite here.
    [[-6.020283648206342e306, Number.MAX_VALUE], 1.7374902983802524e308],
    [[8.265214192366987e307, -Number.MAX_VALUE], -9.711717156256171e307],
    [[Number.MAX_VALUE, Number.MAX_VALUE, 1], Number.POSITIVE_INFINITY],
  ])('add numbers that are as large as numbers may be: %j', (values, expected) => {
    const sums = begun(sum('v'));
    for (const value of values) sums.add(0, value, 0);
    expect(sums.result(0)).toBe(expected);
  });

  it('are 0 and null, not nearly 0, when all is taken away', () => {
    const sums = begun(sum('v'));
    for (const value of [0.1, 0.2, 0.3]) sums.add(value > 0.1 ? 1 : 0, value, 0);
    sums.merge(2, 1);
    sums.merge(2, 0);
    sums.subtract?.(2, 1);
    sums.subtract?.(2, 0);
    expect(sums.result(2)).toBe(0);
  });
});

describe('first and last', () => {
  it.each([
    { of: first, expected: 'a' },
    { of: last, expected: 'b' },
  ])('go by the order in which records came where there is no time: $expected', ({ of, expected }) => {
    const accumulators = begun(of('v'));
    accumulators.add(0, 'a', Number.NaN);
    accumulators.add(1, 'b', Number.NaN);
    accumulators.merge(1, 0);
    expect(accumulators.result(1)).toBe(expected);
  });
});
