import { afterAll, expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { median } from '../../../operators/aggregate/median.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import { describeOracle, Tally } from '../../support/oracles.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly params: {
    readonly size_ms: number;
    readonly offset_ms: number;
    readonly closed: string;
    readonly label: string;
  };
  readonly input: readonly (number | null)[];
  readonly times: readonly number[];
  readonly expected: readonly (Readonly<Record<string, number | null>> & { readonly count: number })[];
}

const aggregate = {
  count: count('v'),
  sum: sum('v'),
  mean: mean('v'),
  min: min('v'),
  max: max('v'),
  std: stddev('v'),
  median: median('v'),
  first: first('v'),
  last: last('v'),
};

/** As far as pandas, whose sums are not compensated, is right. */
function rounded(row: Readonly<Record<string, number | null>>): unknown {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value && Number(value.toFixed(9))]));
}

type Sample = { readonly at: number; readonly v: number | null };

describeOracle<readonly Case[]>('the tumbling windows of pandas', 'pandas-resample.json', (cases) => {
  const tally = new Tally('pandas-resample.json, as aggregates');
  afterAll(() => process.stdout.write(`${tally.toString()}\n`));
  const applicable = cases.filter(({ op }) => {
    if (op !== 'tumbling') tally.leave(`${op}: for the window of that kind`);
    return op === 'tumbling';
  });

  it.each(applicable)('$name', ({ params, input, times, expected }) =>
    tally.check(() => {
      const { size_ms: size, offset_ms, closed, label } = params;
      // In whole milliseconds (start, end] is [start + 1, end + 1).
      const shift = closed === 'right' ? 1 : 0;
      const window = tumblingWindow<Sample, [], typeof aggregate>({
        size,
        offset: (offset_ms + shift) % size,
        time: 'at',
        outOfOrderness: '7d',
        aggregate,
      });
      const pipeline = new TestPipeline([window]);
      input.forEach((v, index) => pipeline.push({ at: times[index], v }));
      const rows = pipeline.end().outcome.rows.map(([row]) => row as Readonly<Record<string, number>>);
      const ours = rows.flatMap(({ windowStart, windowEnd, ...results }) =>
        results['count'] === 0
          ? []
          : [{ label: ((label === 'right' ? windowEnd : windowStart) as number) - shift, ...results }],
      );
      // We have no rows of windows without a value.
      expect(ours.map(rounded)).toEqual(expected.filter((each) => each.count > 0).map(rounded));
    }),
  );
});
