import { afterAll, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { describeOracle, Tally } from '../../support/oracles.ts';
import { begun } from './accumulator-laws.ts';

interface Case {
  readonly name: string;
  readonly certified: { readonly mean: string; readonly std: string };
  readonly data: readonly number[];
}

/** Of how many digits the certified value and ours are the same; the certified ones have 15. */
function digits(certified: string, result: unknown): number {
  const apart = Math.abs((result as number) - Number(certified));
  return apart === 0 ? 15 : -Math.log10(apart / Math.abs(Number(certified)));
}

/** What the data allow: the numbers nearest to 1000000.1 and 10000000.1 are that far from them. Of the others, 13. */
const leastDigits: Readonly<Record<string, number>> = { NumAcc3: 9, NumAcc4: 8 };

/** The values in one cell, or dealt out to three that are merged. */
function resultOf(aggregate: Aggregate<never, unknown>, data: readonly number[], cells: number): unknown {
  const accumulators = begun(aggregate);
  data.forEach((value, index) => accumulators.add(index % cells, value, index));
  for (let cell = 1; cell < cells; cell++) accumulators.merge(0, cell);
  return accumulators.result(0);
}

describeOracle<{ readonly cases: readonly Case[] }>(
  'the certified values of NIST StRD',
  'nist-univariate.json',
  ({ cases }) => {
    const tally = new Tally('nist-univariate.json, mean and standard deviation');
    tally.leave(
      'lag-1 autocorrelation: which value follows which, a step and not an aggregate of a window',
      cases.length,
    );
    afterAll(() => process.stdout.write(`${tally.toString()}\n`));

    it.each(cases)('$name', ({ name, certified, data }) =>
      tally.check(() => {
        for (const cells of [1, 3]) {
          expect(digits(certified.mean, resultOf(mean('v'), data, cells))).toBeGreaterThan(14);
          expect(digits(certified.std, resultOf(stddev('v'), data, cells))).toBeGreaterThan(leastDigits[name] ?? 13);
        }
      }),
    );
  },
);
