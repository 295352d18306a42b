import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
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

describe('tumblingWindow', () => {
  obeysOperatorLaws(
    () => tumblingWindow<Reading, 'key', typeof aggregate>({ size: 10, time: 'at', key: 'key', aggregate }),
    [
      { key: 'b', at: 3, v: 1 },
      { key: 'a', at: 5, v: null },
      { key: 'a', at: 4, v: 2 },
      { key: 'b', at: 14, v: 3 },
      { key: 'b', at: 12, v: 4 },
      { key: 'a', at: 35, v: 5 },
      { key: 'c', at: 34, v: 6 },
    ],
  );

  it(
    'fires a window when the watermark has passed its end',
    marbles(({ hot, expectObservable }) => {
      // size 5      |0       |5        |10      event time; the watermark follows 1 ms behind the newest
      const source = hot('  -a---b---c---d---e--|', {
        a: { at: 1 },
        b: { at: 4 },
        c: { at: 5 },
        d: { at: 6 },
        e: { at: 11 },
      });
      const expected = '    ---------x-------y--(z|)';

      const rows = source.pipe(tumblingWindow({ size: 5, time: 'at', aggregate: { n: count() } }));
      expectObservable(rows).toBe(expected, {
        x: { windowStart: 0, windowEnd: 5, n: 2 },
        y: { windowStart: 5, windowEnd: 10, n: 2 },
        z: { windowStart: 10, windowEnd: 15, n: 1 },
      });
    }),
  );

  it(
    'waits for what may come out of order',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a---b---c---d--|', { a: { at: 1 }, b: { at: 6 }, c: { at: 2 }, d: { at: 7 } });
      const expected = '    -------------x--(y|)';

      const rows = source.pipe(tumblingWindow({ size: 5, time: 'at', outOfOrderness: 2, aggregate: { n: count() } }));
      expectObservable(rows).toBe(expected, {
        x: { windowStart: 0, windowEnd: 5, n: 2 },
        y: { windowStart: 5, windowEnd: 10, n: 2 },
      });
    }),
  );

  it('lets rows that are due together leave by windowEnd, then in the order in which their keys were first seen', () => {
    const pipeline = new TestPipeline([
      tumblingWindow<Reading, 'key', { n: Aggregate<unknown, number> }>({
        size: 10,
        time: 'at',
        key: 'key',
        outOfOrderness: 100,
        aggregate: { n: count() },
      }),
    ]);
    for (const [key, at] of [
      ['z', 15],
      ['y', 15],
      ['y', 5],
      ['x', 5],
      ['z', 5],
    ] as const) {
      pipeline.push({ key, at, v: 0 });
    }
    const order = pipeline.end().outcome.rows.map(([row]) => {
      const { key, windowStart } = row as { key: string; windowStart: number };
      return `${key}${windowStart}`;
    });
    expect(order).toEqual(['z0', 'y0', 'x0', 'z10', 'y10']);
  });

  it.each([
    ['1h', 3_600_000],
    ['-1h', -3_600_000],
  ] as const)('shifts the grid by an offset of %s', (offset, start) => {
    const pipeline = new TestPipeline([
      tumblingWindow<Reading, [], { n: Aggregate<unknown, number> }>({
        size: '1d',
        offset,
        time: 'at',
        aggregate: { n: count() },
      }),
    ]);
    pipeline
      .push({ at: start - 1 })
      .push({ at: start })
      .end();
    const starts = pipeline.outcome.rows.map(([row]) => (row as { windowStart: number }).windowStart);
    expect(starts).toEqual([start - 86_400_000, start]);
  });

  it('rejects a record whose field holds no number, and absorbs nothing of it', () => {
    const pipeline = new TestPipeline([
      tumblingWindow<Reading, [], typeof aggregate>({ size: 10, time: 'at', aggregate }),
    ]);
    pipeline.push({ at: 1, v: 'x' }).push({ at: 2, v: 1 }).end();
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'invalid', field: 'v', rule: 'number', received: 'x' }]);
    expect(pipeline.outcome.rows).toMatchObject([[{ records: 1, n: 1 }, 9]]);
  });

  it.each([
    [{ size: 0 }, 'size'],
    [{ size: Number.NaN }, 'size'],
    [{ size: Number.POSITIVE_INFINITY }, 'size'],
    [{ size: 4e14 }, 'size'],
    [{ size: '1 minute' }, 'size'],
    [{ size: 10, offset: 'x' }, 'offset'],
    [{ size: 10, offset: 10 }, 'offset'],
    [{ size: 10, slide: 5 }, 'slide'],
  ])('refuses %j when called', (wrong, option) => {
    const call = (): unknown => tumblingWindow({ time: 'at', aggregate, ...wrong } as never);
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`tumblingWindow: \`${option}\``);
  });

  it.each(['windowStart', 'windowEnd', 'key'])(
    'refuses an aggregate under the name %j, which the row has already',
    (name) => {
      const window = tumblingWindow<Reading, 'key'>({
        size: 10,
        time: 'at',
        key: 'key',
        aggregate: { [name]: count() },
      });
      expect(() => new TestPipeline([window])).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    },
  );

  it('refuses to be subscribed to without a time', () => {
    const pipeline = (): unknown =>
      new TestPipeline([tumblingWindow<Reading, [], typeof aggregate>({ size: 10, aggregate })]);
    expect(pipeline).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
