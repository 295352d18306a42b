import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { aggregator } from '../../../operators/aggregate/aggregator.ts';
import { approxDistinct } from '../../../operators/aggregate/approx-distinct.ts';
import { approxQuantile } from '../../../operators/aggregate/approx-quantile.ts';
import { approxTopK } from '../../../operators/aggregate/approx-top-k.ts';
import { collect } from '../../../operators/aggregate/collect.ts';
import { correlation } from '../../../operators/aggregate/correlation.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { covariance } from '../../../operators/aggregate/covariance.ts';
import { distinct } from '../../../operators/aggregate/distinct.ts';
import { kurtosis } from '../../../operators/aggregate/kurtosis.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { median } from '../../../operators/aggregate/median.ts';
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
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { patience, runs } from '../../support/runs.ts';
import { begun, expectNear } from './accumulator-laws.ts';

interface Sample {
  readonly at: number;
  readonly a: number | null;
  readonly b: number | null;
}

/** Changes its state: two cells that shared one would show. */
const sums = aggregator<Sample, { of: number[] }, number>({
  create: () => ({ of: [] }),
  add: (state, { a }) => {
    state.of.push(a ?? 0);
    return state;
  },
  result: ({ of }) => of.reduce((before, each) => before + each, 0),
  merge: (a, b) => {
    a.of.push(...b.of);
    return a;
  },
});

const aggregate: Readonly<Record<string, Aggregate<never, unknown>>> = {
  count: count('a'),
  sum: sum('a'),
  mean: mean('a'),
  variance: variance('a'),
  stddev: stddev('a'),
  standardError: standardError('a'),
  skewness: skewness('a'),
  kurtosis: kurtosis('a'),
  covariance: covariance('a', 'b'),
  correlation: correlation('a', 'b'),
  weightedMean: weightedMean('a', 'b'),
  timeWeightedMean: timeWeightedMean('a'),
  rate: rate('a'),
  counter: rate('b', { of: 'counter' }),
  median: median('a'),
  quantile: quantile('a', 0.9, { interpolation: 'nearest' }),
  approxQuantile: approxQuantile('a', 0.9),
  distinct: distinct('a'),
  approxDistinct: approxDistinct('a'),
  collect: collect('a'),
  topK: topK('a', 2),
  approxTopK: approxTopK('a', 2),
  sums,
};

/** What an aggregate has to say of these records in a window of their own. */
function alone(each: Aggregate<never, unknown>, records: readonly Sample[], start: number, end: number): unknown {
  const accumulators = begun(each);
  const { field } = each.recipe;
  for (const record of records) {
    const value = field === undefined ? record : record[field as keyof Sample];
    if (value !== null) accumulators.add(0, value, record.at);
  }
  return accumulators.result(0, start, end);
}

describe('windows that share slices', () => {
  const sample = fc.record({
    step: fc.integer({ min: -6, max: 12 }),
    a: fc.option(fc.integer({ min: -3, max: 9 }), { freq: 5 }),
    b: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 5 }),
  });
  const sizes = fc.constantFrom({ size: 12, slide: 3 }, { size: 10, slide: 3 }, { size: 10, slide: 7 });

  it('have for every aggregate what their records come to, out of order and across a restore as well', patience, () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 40 }), sizes, fc.nat(40), (steps, size, cut) => {
        let at = 0;
        const samples = steps.map(({ step, a, b }): Sample => ({ at: (at += step), a, b }));
        const window = slidingWindow<Sample, [], never>({ ...size, time: 'at', aggregate } as never);
        let pipeline = new TestPipeline([window]);
        /** What came too late for a window is not in its row, which has left before. */
        const expectRows = (came: readonly Sample[]): void => {
          for (const [row] of pipeline.outcome.rows.splice(0)) {
            const { windowStart, windowEnd, ...results } = row as Readonly<Record<string, number>>;
            const [start, end] = [windowStart as number, windowEnd as number];
            const inside = came.filter((each) => each.at >= start && each.at < end);
            expect(inside).not.toEqual([]);
            for (const [name, each] of Object.entries(aggregate)) {
              expectNear(results[name], alone(each, inside, start, end));
            }
          }
        };
        samples.forEach((each, index) => {
          if (index === cut) pipeline = new TestPipeline([window]).restore(pipeline.snapshot());
          pipeline.push(each);
          expectRows(samples.slice(0, index + 1));
        });
        pipeline.end();
        expectRows(samples);
      }),
      { numRuns: runs },
    );
  });
});
