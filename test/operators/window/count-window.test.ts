import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { countWindow } from '../../../operators/window/count-window.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import type { Reading } from './window-model.ts';

const aggregate = {
  records: count(),
  n: count('v'),
  sum: sum('v'),
  mean: mean('v'),
  min: min('v'),
  max: max('v'),
  first: first('v'),
  last: last('v'),
};
const n: { n: Aggregate<unknown, number> } = { n: count() };

const samples: readonly Reading[] = [
  { key: 'b', at: 3, v: 1 },
  { key: 'a', at: 5, v: null },
  { key: 'a', at: 24, v: 2 },
  { key: 'b', at: 14, v: 3 },
  { key: 'b', at: 12, v: 4 },
  { key: 'a', at: 35, v: 5 },
  { key: 'c', at: 34, v: 6 },
  { key: 'a', at: 2, v: 7 },
  { key: 'b', at: 80, v: 7 },
];

describe('countWindow', () => {
  obeysOperatorLaws(
    () => countWindow<Reading, 'key', typeof aggregate>({ size: 2, time: 'at', key: 'key', aggregate }),
    samples,
  );
  describe('with a slide', () => {
    obeysOperatorLaws(
      () => countWindow<Reading, 'key', typeof aggregate>({ size: 3, slide: 2, time: 'at', key: 'key', aggregate }),
      samples,
    );
  });

  it(
    'fires at each size-th record, and at the end with those that are left',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a--b--c--d--e--|', {
        a: { at: 1 },
        b: { at: 9 },
        c: { at: 8 },
        d: { at: 7 },
        e: { at: 20 },
      });
      const expected = '    ----x-----y-----(z|)';

      expectObservable(source.pipe(countWindow({ size: 2, time: 'at', aggregate: n }))).toBe(expected, {
        x: { windowStart: 1, windowEnd: 10, n: 2 },
        y: { windowStart: 7, windowEnd: 9, n: 2 },
        z: { windowStart: 20, windowEnd: 21, n: 1 },
      });
    }),
  );

  it(
    'fires at each slide-th record over the last ones, also before there are enough',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a--b--c--d--e--|', {
        a: { at: 1 },
        b: { at: 2 },
        c: { at: 3 },
        d: { at: 4 },
        e: { at: 5 },
      });
      const expected = '    ----x-----y-----(z|)';

      expectObservable(source.pipe(countWindow({ size: 3, slide: 2, time: 'at', aggregate: n }))).toBe(expected, {
        x: { windowStart: 1, windowEnd: 3, n: 2 },
        y: { windowStart: 2, windowEnd: 5, n: 3 },
        z: { windowStart: 4, windowEnd: 6, n: 2 },
      });
    }),
  );

  it.each([2, 3])('fires any number of windows at the end, with a size of %i', (size) => {
    const pipeline = new TestPipeline([
      countWindow<Reading, 'key', typeof n>({ size, slide: 2, time: 'at', key: 'key', aggregate: n }),
    ]);
    for (let key = 0; key < 3_000; key++) pipeline.push({ key: String(key), at: key % 7, v: 1 });
    pipeline.end();
    const order = pipeline.outcome.rows.map(([row]) => row as { key: string; windowEnd: number });
    expect(order).toHaveLength(3_000);
    const sorted = order.toSorted((a, b) => a.windowEnd - b.windowEnd || Number(a.key) - Number(b.key));
    expect(order).toEqual(sorted);
  });

  it.each([
    [{ size: 0 }, 'size'],
    [{ size: 1.5 }, 'size'],
    [{ size: '5s' }, 'size'],
    [{ size: 3, slide: 0 }, 'slide'],
    [{ size: 3, slide: 4 }, 'slide'],
    [{ size: Number.POSITIVE_INFINITY }, 'size'],
  ])('refuses %j when called', (wrong, option) => {
    const call = (): unknown => countWindow({ time: 'at', aggregate, ...wrong } as never);
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`countWindow: \`${option}\``);
  });

  it('refuses to be subscribed to without a time', () => {
    const pipeline = (): unknown => new TestPipeline([countWindow({ size: 3, aggregate: n })]);
    expect(pipeline).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });

  it('rejects a record whose field holds no number, and does not count it', () => {
    const pipeline = new TestPipeline([countWindow<Reading, [], typeof aggregate>({ size: 2, time: 'at', aggregate })]);
    pipeline.push({ at: 1, v: 1 }).push({ at: 2, v: 'x' }).push({ at: 3, v: 3 });
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'invalid', field: 'v', rule: 'number', received: 'x' }]);
    expect(pipeline.outcome.rows).toMatchObject([[{ windowStart: 1, windowEnd: 4, records: 2, sum: 4 }, 3]]);
  });
});
