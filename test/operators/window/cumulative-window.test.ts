import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { cumulativeWindow } from '../../../operators/window/cumulative-window.ts';
import type { WindowOptions } from '../../../operators/window/window-options.ts';
import type { Stream } from '../../../src/stream.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { type Click, type ClickRow, push, shown } from './shown-rows.ts';
import type { Reading } from './window-model.ts';

/** One that can be inverted, one that cannot. */
const aggregate = { records: count(), mean: mean('v'), max: max('v') };
const n: { n: Aggregate<unknown, number> } = { n: count() };

/** In order, out of order, late for some windows of theirs, and for all of them. */
const samples: readonly Reading[] = [
  { key: 'b', at: 3, v: 1 },
  { key: 'a', at: 5, v: null },
  { key: 'a', at: 11, v: 2 },
  { key: 'a', at: 8, v: 4 },
  { key: 'b', at: 15, v: 3 },
  { key: 'b', at: 13, v: 5 },
  { key: 'c', at: 40, v: 6 },
  { key: 'a', at: 17, v: 7 },
  { key: 'b', at: -1, v: 8 },
];

describe('cumulativeWindow', () => {
  describe.each<WindowOptions>([
    {},
    { offset: -4 },
    { allowedLateness: 25 },
    { allowedLateness: 'unbounded', panes: 'discarding' },
    { allowedLateness: 25, early: { every: 3 } },
    { allowedLateness: 25, early: { count: 2 }, panes: 'discarding' },
    { empty: true },
    { empty: true, allowedLateness: 25, early: { count: 2 } },
  ])('with %j', (options) => {
    obeysOperatorLaws(
      () =>
        cumulativeWindow<Reading, 'key', typeof aggregate, boolean>({
          ...options,
          size: 12,
          step: 4,
          time: 'at',
          key: 'key',
          aggregate,
        }),
      samples,
    );
  });

  it('has late records under way in what the laws ask of it', () => {
    const options = { size: 12, step: 4, allowedLateness: 25, time: 'at', key: 'key', aggregate } as const;
    const pipeline = new TestPipeline([cumulativeWindow<Reading, 'key', typeof aggregate>(options)]);
    for (const each of samples) pipeline.push(each);
    const { rows, rejections } = pipeline.end().outcome;
    const late = rows.filter(([row]) => (row as ClickRow).pane?.timing === 'late');
    expect([late.length, rejections.map(({ kind }) => kind)]).toEqual([2, ['late']]);
  });

  it(
    'grows by a step until it is full, and begins anew',
    marbles(({ hot, expectObservable }) => {
      // size 6, step 2: [0, 2) [0, 4) [0, 6) [6, 8) ...; c is at the edge of a step, d at that of the size
      const source = hot('  -a--b--c---d---|', { a: { at: 1 }, b: { at: 2 }, c: { at: 4 }, d: { at: 6 } });
      const expected = '    ----u--v---w---(xyz|)';

      const rows = source.pipe(cumulativeWindow({ size: 6, step: 2, time: 'at', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        u: { windowStart: 0, windowEnd: 2, n: 1 },
        v: { windowStart: 0, windowEnd: 4, n: 2 },
        w: { windowStart: 0, windowEnd: 6, n: 3 },
        x: { windowStart: 6, windowEnd: 8, n: 1 },
        y: { windowStart: 6, windowEnd: 10, n: 1 },
        z: { windowStart: 6, windowEnd: 12, n: 1 },
      });
    }),
  );

  it(
    'puts a record that comes in the very moment in which a step ends into the next one, in processing time',
    marbles(({ hot, expectObservable }) => {
      // frame         0 2 4 6 8
      const source = hot('  -a--b-c--|');
      const expected = '    --u-v-w-x(yz|)';

      const rows = source.pipe(cumulativeWindow({ size: 6, step: 2, clock: 'processing', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        u: { windowStart: 0, windowEnd: 2, n: 1 },
        v: { windowStart: 0, windowEnd: 4, n: 1 },
        w: { windowStart: 0, windowEnd: 6, n: 2 },
        x: { windowStart: 6, windowEnd: 8, n: 1 },
        y: { windowStart: 6, windowEnd: 10, n: 1 },
        z: { windowStart: 6, windowEnd: 12, n: 1 },
      });
    }),
  );

  describe('of 6 by 2, driven by hand', () => {
    /** Time goes on only when the watermark is moved by hand. */
    const clicks = (options: WindowOptions = {}): Driver<Click, ClickRow> =>
      drive((input: Stream<Click>) =>
        input
          .eventTime('at', { outOfOrderness: '1d' })
          .keyBy('user')
          .cumulativeWindow({ ...options, size: 6, step: 2 })
          .aggregate(n),
      );

    it('has no row of a key before the step of its first record', () => {
      expect(shown(push(clicks(), 3).end())).toEqual(['a 0-4 1', 'a 0-6 1']);
    });

    it('takes a late record into the windows that are open, and rejects it when the full one has fired', () => {
      const driver = push(clicks(), 1).watermark(1);
      expect(shown(driver)).toEqual(['a 0-2 1']);
      // [0, 2) has fired, [0, 4) has not.
      expect(shown(push(driver, 0).watermark(3))).toEqual(['a 0-4 2']);
      expect(shown(push(driver, 1).watermark(5))).toEqual(['a 0-6 3']);
      expect(shown(push(driver, 5).end())).toEqual([]);
      expect(driver.takeRejections()).toMatchObject([{ kind: 'late', value: { at: 5 } }]);
    });

    it('fires each window of a late record at once that has fired and is kept', () => {
      const driver = push(clicks({ allowedLateness: 3 }), 0).watermark(3);
      expect(shown(driver)).toEqual(['a 0-2 1 on-time 0', 'a 0-4 1 on-time 0']);
      expect(shown(push(driver, 1))).toEqual(['a 0-2 2 late 1', 'a 0-4 2 late 1']);
      expect(shown(push(driver.watermark(5), 2))).toEqual(['a 0-6 2 on-time 0', 'a 0-4 3 late 2', 'a 0-6 3 late 1']);
      // 3 + 3: the first two are forgotten.
      expect(shown(push(driver.watermark(6), 0))).toEqual(['a 0-6 4 late 2']);
    });

    it('fires early in event time, counted from the common start', () => {
      const driver = push(clicks({ early: { every: 3 } }), 2);
      expect(shown(driver.watermark(2))).toEqual(['a 0-4 1 early 0', 'a 0-6 1 early 0']);
      expect(shown(driver.end())).toEqual(['a 0-4 1 on-time 1', 'a 0-6 1 on-time 1']);
    });

    it('fires windows that nobody fell into for every key since its first record, up to the last that somebody did', () => {
      const driver = push(clicks({ empty: true }), 3).watermark(7);
      expect(shown(driver)).toEqual(['a 0-4 1', 'a 0-6 1', 'a 6-8 0']);
      driver.push({ user: 'b', at: 12 });
      const restored = clicks({ empty: true }).restore(driver.snapshot());
      for (const each of [driver, restored]) {
        expect(shown(each.watermark(11))).toEqual(['a 6-10 0', 'a 6-12 0']);
        expect(shown(each.watermark(13))).toEqual(['a 12-14 0', 'b 12-14 1']);
      }
    });

    it('lets rows that are due together leave by windowEnd, then in the order in which their keys were first seen', () => {
      const driver = push(clicks().push({ user: 'z', at: 5 }), 3).push({ user: 'z', at: 3 });
      expect(shown(driver.end())).toEqual(['z 0-4 1', 'a 0-4 1', 'z 0-6 2', 'a 0-6 1']);
    });
  });

  it.each([
    [{ size: undefined }, "`size` must be a positive duration such as '1m', got undefined"],
    [{ size: Number.NaN }, "`size` must be a positive duration such as '1m', got NaN (number)"],
    [{ size: Number.POSITIVE_INFINITY }, "`size` must be a positive duration such as '1m', got Infinity (number)"],
    [{ size: 4e14 }, '(number); windows that long would have borders that are no exact numbers'],
    [{ step: 0 }, "`step` must be a positive duration such as '1m', got 0 (number)"],
    [{ step: 0.5 }, '`step` must be a whole number of milliseconds, got 0.5 (number); round it'],
    [{ step: 12 }, '`step` must be at most `size` (10ms), got 12 (number); a window grows by it until it is full'],
    [
      { step: 3 },
      '`step` must be a part of `size` (10ms) without rest, got 3 (number); the last window would be longer',
    ],
    [{ offset: -10 }, '`offset` must be shorter than `size` (10ms), got -10 (number); leave whole ones away'],
    [{ slide: 5 }, '`slide` must be one of the options `size`, `step`, `offset`'],
  ])('refuses %j when called', (wrong, message) => {
    const call = (): unknown => cumulativeWindow({ size: 10, step: 5, time: 'at', aggregate, ...wrong } as never);
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`cumulativeWindow: `);
    expect(call).toThrowError(message);
  });
});
