import { expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { correlation } from '../../../operators/aggregate/correlation.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { covariance } from '../../../operators/aggregate/covariance.ts';
import { kurtosis } from '../../../operators/aggregate/kurtosis.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { median } from '../../../operators/aggregate/median.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { quantile, type QuantileOptions } from '../../../operators/aggregate/quantile.ts';
import { skewness } from '../../../operators/aggregate/skewness.ts';
import { standardError } from '../../../operators/aggregate/standard-error.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { variance } from '../../../operators/aggregate/variance.ts';
import { applicable, describeOracle } from '../../support/oracles.ts';
import { begun } from './accumulator-laws.ts';

interface Case {
  readonly name: string;
  readonly family: string;
  readonly op: string;
  readonly params: {
    readonly window?: number;
    readonly window_ms?: number;
    readonly min_periods: number | null;
    readonly center?: boolean;
    readonly closed?: string | null;
    readonly step?: number | null;
    readonly ddof?: 0 | 1;
    readonly quantile?: number;
    readonly interpolation?: QuantileOptions['interpolation'];
  };
  readonly input: readonly (number | string | null)[];
  readonly input2?: readonly (number | null)[];
  readonly times?: readonly number[];
  readonly expected: readonly (number | null)[];
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

function aggregateOf({ op, input2, params }: Case): Aggregate<never, unknown> | undefined {
  const ddof = { ddof: params.ddof ?? 1 };
  switch (op) {
    case 'count':
      return count('a');
    case 'sum':
      return sum('a');
    case 'mean':
      return mean('a');
    case 'min':
      return min('a');
    case 'max':
      return max('a');
    case 'std':
      return stddev('a', ddof);
    case 'var':
      return variance('a', ddof);
    case 'sem':
      return standardError('a');
    case 'skew':
      return skewness('a');
    case 'kurt':
      return kurtosis('a');
    case 'median':
      return median('a');
    case 'quantile':
      return quantile('a', params.quantile ?? 0.5, { interpolation: params.interpolation ?? 'linear' });
    case 'cov':
      return input2 === undefined ? variance('a', ddof) : covariance('a', 'b', ddof);
    case 'corr':
      return correlation('a', 'b');
    default:
      return undefined;
  }
}

function whyNot(each: Case): string | undefined {
  const { times } = each;
  if (times?.some((time, index) => time < (times[index - 1] ?? time)))
    return 'times that go back: pandas then looks ahead';
  return aggregateOf(each) === undefined ? `${each.op}: no aggregate of one window` : undefined;
}

/** The rows of the window of row `row`. */
function rowsOf({ input, times, params }: Case, row: number): readonly number[] {
  const { window, window_ms: span, closed, center } = params;
  const rows = input.map((_, index) => index);
  const right = closed !== 'left' && closed !== 'neither';
  const left = closed === 'left' || closed === 'both';
  if (span === undefined) {
    // In the middle of an even number of rows is the one that has fewer behind it.
    const end = center === true ? row + Math.floor(((window as number) - 1) / 2) : row;
    const from = window === undefined ? 0 : end - window + (left ? 0 : 1);
    return rows.filter((each) => each >= from && (right ? each <= end : each < end));
  }
  const age = (each: number): number => (times?.[row] as number) - (times?.[each] as number);
  if (center === true) {
    const half = span / 2;
    const isIn = (at: number): boolean => at > -half && at < half;
    return rows.filter((each) => isIn(age(each)) || (left && age(each) === half) || (right && age(each) === -half));
  }
  // Where the end is not in the window, earlier rows of the same time still are.
  return rows.filter((each) => (right ? each <= row : each < row) && (left ? age(each) <= span : age(each) < span));
}

function resultOf(each: Case, row: number): unknown {
  const aggregate = aggregateOf(each) as Aggregate<never, unknown>;
  const accumulators = begun(aggregate);
  // pandas takes an infinite value in a window for a missing one, but counts it.
  const values = rowsOf(each, row).flatMap((index) => {
    const [a, b] = [each.input[index], each.input2 === undefined ? 0 : each.input2[index]];
    if (each.op === 'count' && a === 'Infinity') return [{ a: Number.POSITIVE_INFINITY, b: 0 }];
    return typeof a === 'number' && typeof b === 'number' ? [{ a, b }] : [];
  });
  values.forEach((value, index) => accumulators.add(0, aggregate.recipe.field === undefined ? value : value.a, index));
  const { window, window_ms: span, min_periods: given } = each.params;
  // What a count needs is rows, of values or not, and none of them by default.
  const least = given ?? (each.op === 'count' ? 0 : span === undefined ? (window ?? 1) : 1);
  if ((each.op === 'count' ? rowsOf(each, row) : values).length < least) return null;
  const result = accumulators.result(0);
  if (each.op !== 'sem' || result === null) return result;
  // pandas divides the deviation, always with a ddof of 1, by the root of n - ddof; ours, by that of n.
  const degrees = values.length - (each.params.ddof ?? 1);
  return degrees === 0 ? null : (result as number) * Math.sqrt(values.length / degrees);
}

describeOracle<{ readonly cases: readonly Case[] }>(
  'the windows of pandas, each as one cell',
  'pandas-rolling.json',
  ({ cases }, counted) => {
    const tally = counted('aggregates');

    it.each(applicable(cases, tally, whyNot))('$name', (each) =>
      tally.check(() => {
        const { rtol, atol } = each.tolerance;
        const wrong = each.expected.flatMap((wanted, index) => {
          const row = index * (each.params.step ?? 1);
          const result = resultOf(each, row);
          const near =
            typeof result === 'number' && typeof wanted === 'number'
              ? Math.abs(result - wanted) <= atol + rtol * Math.abs(wanted)
              : result === wanted;
          return near ? [] : [{ row, result, wanted }];
        });
        expect(wrong).toEqual([]);
      }),
    );
  },
);
