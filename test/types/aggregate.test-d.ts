import { EMPTY, type Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { ResultOf, Results } from '../../operators/aggregate/aggregate.ts';
import { aggregator } from '../../operators/aggregate/aggregator.ts';
import { approxDistinct } from '../../operators/aggregate/approx-distinct.ts';
import { approxQuantile } from '../../operators/aggregate/approx-quantile.ts';
import { approxTopK } from '../../operators/aggregate/approx-top-k.ts';
import { collect } from '../../operators/aggregate/collect.ts';
import { correlation } from '../../operators/aggregate/correlation.ts';
import { count } from '../../operators/aggregate/count.ts';
import { covariance } from '../../operators/aggregate/covariance.ts';
import { distinct } from '../../operators/aggregate/distinct.ts';
import { first } from '../../operators/aggregate/first.ts';
import { kurtosis } from '../../operators/aggregate/kurtosis.ts';
import { last } from '../../operators/aggregate/last.ts';
import { max } from '../../operators/aggregate/max.ts';
import { mean } from '../../operators/aggregate/mean.ts';
import { median } from '../../operators/aggregate/median.ts';
import { min } from '../../operators/aggregate/min.ts';
import { quantile } from '../../operators/aggregate/quantile.ts';
import { rate } from '../../operators/aggregate/rate.ts';
import { skewness } from '../../operators/aggregate/skewness.ts';
import { standardError } from '../../operators/aggregate/standard-error.ts';
import { stddev } from '../../operators/aggregate/stddev.ts';
import { sum } from '../../operators/aggregate/sum.ts';
import { timeWeightedMean } from '../../operators/aggregate/time-weighted-mean.ts';
import { topK } from '../../operators/aggregate/top-k.ts';
import { variance } from '../../operators/aggregate/variance.ts';
import { weightedMean } from '../../operators/aggregate/weighted-mean.ts';
import type { ValueCount } from '../../operators/aggregate/top-k-accumulators.ts';
import { tumblingWindow } from '../../operators/window/tumbling-window.ts';
import type { Pane } from '../../operators/window/window-options.ts';

interface Reading {
  readonly at: number;
  readonly site: string;
  readonly t: number;
  readonly maybe: number | null;
  readonly h?: number;
  readonly tag?: string;
}

declare function resultOf<A>(aggregate: A): ResultOf<Reading, A>;

describe('results of aggregates', () => {
  it('are numbers where the field is there for sure', () => {
    expectTypeOf(resultOf(mean('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(sum('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(min('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(max('t'))).toEqualTypeOf<number>();
  });

  it('may be null where the field may be missing', () => {
    expectTypeOf(resultOf(mean('h'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(mean('maybe'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(max('maybe'))).toEqualTypeOf<number | null>();
  });

  it('are always a number for a count', () => {
    expectTypeOf(resultOf(count())).toEqualTypeOf<number>();
    expectTypeOf(resultOf(count('tag'))).toEqualTypeOf<number>();
  });

  it("have the field's own type for first and last", () => {
    expectTypeOf(resultOf(first('site'))).toEqualTypeOf<string>();
    expectTypeOf(resultOf(last('tag'))).toEqualTypeOf<string | null>();
    expectTypeOf(resultOf(first('maybe'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(first('h'))).toEqualTypeOf<number | null>();
  });

  it('may be null where there may be too few values', () => {
    for (const of of [variance, stddev, standardError]) {
      expectTypeOf(resultOf(of('t'))).toEqualTypeOf<number | null>();
      expectTypeOf(resultOf(of('t', { ddof: 0 }))).toEqualTypeOf<number | null>();
    }
    expectTypeOf(resultOf(skewness('h'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(kurtosis('t'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(covariance('t', 'h'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(correlation('t', 'maybe'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(weightedMean('t', 'h'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(timeWeightedMean('t'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(rate())).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(rate('t', { of: 'counter' }))).toEqualTypeOf<number | null>();
  });

  it('are numbers of quantiles and sketches where the field is there for sure', () => {
    expectTypeOf(resultOf(quantile('t', 0.95))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(quantile('h', 0.95, { interpolation: 'nearest' }))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(median('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(approxQuantile('maybe', 0.5, { accuracy: 0.05 }))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(distinct('site'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(approxDistinct('tag', { error: 0.02 }))).toEqualTypeOf<number | null>();
  });

  it('are lists where there are many', () => {
    expectTypeOf(resultOf(collect('site'))).toEqualTypeOf<readonly unknown[]>();
    expectTypeOf(resultOf(topK('site', 3))).toEqualTypeOf<readonly ValueCount[]>();
    expectTypeOf(resultOf(approxTopK('tag', 3, { capacity: 50 }))).toEqualTypeOf<readonly ValueCount[] | null>();
  });

  it('are what the user says of an aggregator', () => {
    const sites = aggregator({
      create: () => new Set<string>(),
      add: (state, value: Reading) => state.add(value.site),
      result: (state) => [...state],
      merge: (a, b) => new Set([...a, ...b]),
    });
    expectTypeOf(resultOf(sites)).toEqualTypeOf<string[]>();
    // @ts-expect-error without `merge` it could not be used where windows share slices
    aggregator({ create: () => 0, add: (n: number, value: Reading) => n + value.t, result: (n: number) => n });
  });

  it('stand under their names', () => {
    const aggregates = { n: count(), site: first('site'), mean: mean('h') };
    expectTypeOf<Results<Reading, typeof aggregates>>().toEqualTypeOf<{
      n: number;
      site: string;
      mean: number | null;
    }>();
  });
});

const ofOthers = aggregator({
  create: () => 0,
  add: (n, value: { readonly other: number }) => n + value.other,
  result: (n) => n,
  merge: (a, b) => a + b,
});

describe('a window', () => {
  const readings = EMPTY as Observable<Reading>;

  it('has rows of its key, its borders and its aggregates', () => {
    const rows = readings.pipe(
      tumblingWindow({ size: '1m', time: 'at', key: 'site', aggregate: { n: count(), mean: mean('t'), h: last('h') } }),
    );
    expectTypeOf(rows).toEqualTypeOf<
      Observable<{
        readonly site: string;
        windowStart: number;
        windowEnd: number;
        pane?: Pane;
        n: number;
        mean: number;
        h: number | null;
      }>
    >();
  });

  it('has no key fields without a key', () => {
    const rows = readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { n: count() } }));
    expectTypeOf(rows).toEqualTypeOf<Observable<{ windowStart: number; windowEnd: number; pane?: Pane; n: number }>>();
  });

  it('refuses what is not there', () => {
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: mean('tt') } }));
    // @ts-expect-error a string is not a number
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: mean('site') } }));
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: count('tt') } }));
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: first('tt') } }));
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: quantile('tt', 0.5) } }));
    // @ts-expect-error a string is not a number
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: covariance('t', 'site') } }));
    // @ts-expect-error a misspelt second field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: weightedMean('t', 'hh') } }));
    // @ts-expect-error neither 0 nor 1
    variance('t', { ddof: 2 });
    // @ts-expect-error not an interpolation
    quantile('t', 0.5, { interpolation: 'cubic' });
    // @ts-expect-error records that do not have what the aggregator reads
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: ofOthers } }));
    // @ts-expect-error a misspelt key
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', key: 'sit', aggregate: { n: count() } }));
    // @ts-expect-error not a duration
    readings.pipe(tumblingWindow({ size: '1 minute', time: 'at', aggregate: { n: count() } }));
  });
});
