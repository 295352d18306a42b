import { expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { covariance } from '../../../operators/aggregate/covariance.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { variance } from '../../../operators/aggregate/variance.ts';
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import { describeOracle } from '../../support/oracles.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { begun } from './accumulator-laws.ts';

interface Case {
  readonly name: string;
  readonly certified: { readonly mean: string; readonly std: string; readonly autocorrelation_lag1: string };
  readonly data: readonly number[];
}

/** Of how many digits the certified value and ours are the same; the certified ones have 15. */
function digits(certified: string, result: unknown): number {
  const apart = Math.abs((result as number) - Number(certified));
  return apart === 0 ? 15 : -Math.log10(apart / Math.abs(Number(certified)));
}

/** What the data allow: the numbers nearest to 1000000.1 and 10000000.1 are that far from them. Of the others, 13. */
const leastDigits: Readonly<Record<string, number>> = { NumAcc3: 9, NumAcc4: 8 };

/** The values in one cell, or dealt out to several that are merged. */
function resultOf(aggregate: Aggregate<never, unknown>, data: readonly unknown[], cells: number): number {
  const accumulators = begun(aggregate);
  data.forEach((value, index) => accumulators.add(index % cells, value, index));
  for (let cell = 1; cell < cells; cell++) accumulators.merge(0, cell);
  return accumulators.result(0) as number;
}

/** The values in a window that slides, and which as many others, some of them far larger, have left. */
function slidOver(data: readonly number[]): { readonly mean: number; readonly std: number } {
  const size = data.length;
  const aggregate = { mean: mean('v'), std: stddev('v') };
  const window = slidingWindow<{ at: number; v: number }, [], typeof aggregate>({
    size,
    slide: 1,
    time: 'at',
    aggregate,
  });
  const pipeline = new TestPipeline([window]);
  data.forEach((value, at) => pipeline.push({ at, v: at % 3 === 0 ? value * 1e6 : -value }));
  data.forEach((v, index) => pipeline.push({ at: size + index, v }));
  const rows = pipeline.end().outcome.rows.map(([row]) => row as ReturnType<typeof slidOver> & { windowStart: number });
  return rows.find(({ windowStart }) => windowStart === size)!;
}

/** How each value goes with the one before it: about the mean of all, not about those of the two lists. */
function autocorrelation(data: readonly number[], cells: number): number {
  const pairs = data.slice(1).map((b, index) => ({ a: data[index] as number, b }));
  const all = resultOf(mean('v'), data, cells);
  const offset = (field: 'a' | 'b'): number =>
    resultOf(
      mean('v'),
      pairs.map((pair) => pair[field] - all),
      cells,
    );
  const about = resultOf(covariance('a', 'b', { ddof: 0 }), pairs, cells) + offset('a') * offset('b');
  return (about * pairs.length) / (resultOf(variance('v', { ddof: 0 }), data, cells) * data.length);
}

describeOracle<{ readonly cases: readonly Case[] }>(
  'the certified values of NIST StRD',
  'nist-univariate.json',
  ({ cases }, counted) => {
    const means = counted('mean');
    const deviations = counted('standard deviation');
    const neighbours = counted('lag-1 autocorrelation');
    const cells = [1, 3];

    it.each(cases)('the mean of $name', ({ certified, data }) => {
      means.check(() => {
        expect(digits(certified.mean, slidOver(data).mean)).toBeGreaterThan(14);
        for (const each of cells) expect(digits(certified.mean, resultOf(mean('v'), data, each))).toBeGreaterThan(14);
      });
    });

    it.each(cases)('the standard deviation of $name', ({ name, certified, data }) => {
      deviations.check(() => {
        expect(digits(certified.std, slidOver(data).std)).toBeGreaterThan(leastDigits[name] ?? 13);
        for (const each of cells) {
          expect(digits(certified.std, resultOf(stddev('v'), data, each))).toBeGreaterThan(leastDigits[name] ?? 13);
        }
      });
    });

    it.each(cases)('the autocorrelation of $name', ({ name, certified, data }) => {
      neighbours.check(() => {
        for (const each of cells) {
          const result = autocorrelation(data, each);
          expect(digits(certified.autocorrelation_lag1, result)).toBeGreaterThan(leastDigits[name] ?? 13);
        }
      });
    });
  },
);
