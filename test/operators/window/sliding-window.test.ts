import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import type { WindowOptions } from '../../../operators/window/window-options.ts';
import type { Stream } from '../../../src/stream.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { type Click, type ClickRow, push, shown } from './shown-rows.ts';
import type { Reading } from './window-model.ts';

/** Some that can be inverted, some that keep two stacks. */
const aggregate = { records: count(), sum: sum('v'), mean: mean('v'), max: max('v'), first: first('v') };
const n: { n: Aggregate<unknown, number> } = { n: count() };

/** In order, out of order, late for some windows of theirs, and for all of them. */
const samples: readonly Reading[] = [
  { key: 'b', at: 3, v: 1 },
  { key: 'a', at: 5, v: null },
  { key: 'a', at: 14, v: 2 },
  { key: 'b', at: 12, v: 3 },
  { key: 'a', at: 8, v: 4 },
  { key: 'c', at: 34, v: 6 },
  { key: 'b', at: -9, v: 5 },
  { key: 'a', at: 22, v: 7 },
  { key: 'a', at: 33, v: 8 },
];

describe('slidingWindow', () => {
  describe.each<WindowOptions & { slide: number }>([
    { slide: 5 },
    { slide: 4 },
    { slide: 5, allowedLateness: 20 },
    { slide: 4, allowedLateness: 'unbounded', panes: 'discarding' },
    { slide: 5, allowedLateness: 20, early: { every: 3 } },
    { slide: 4, allowedLateness: 20, early: { count: 2 }, panes: 'discarding' },
    { slide: 5, early: { every: 3, time: 'processing' } },
    { slide: 5, empty: true },
    { slide: 4, empty: true, allowedLateness: 20, early: { count: 2 } },
  ])('with %j', (options) => {
    obeysOperatorLaws(
      () =>
        slidingWindow<Reading, 'key', typeof aggregate, boolean>({
          ...options,
          size: 10,
          time: 'at',
          key: 'key',
          aggregate,
        }),
      samples,
    );
  });

  it('has late records under way in what the laws ask of it', () => {
    const options = { size: 10, slide: 5, allowedLateness: 20, time: 'at', key: 'key', aggregate } as const;
    const pipeline = new TestPipeline([slidingWindow<Reading, 'key', typeof aggregate>(options)]);
    for (const each of samples) pipeline.push(each);
    const { rows, rejections } = pipeline.end().outcome;
    const late = rows.filter(([row]) => (row as ClickRow).pane?.timing === 'late');
    expect([late.length, rejections.map(({ kind }) => kind)]).toEqual([3, ['late']]);
  });

  it(
    'fires the last `size` every `slide`, and lets a record at an edge begin the next one',
    marbles(({ hot, expectObservable }) => {
      // size 6, slide 3: [-3, 3) [0, 6) [3, 9) [6, 12) [9, 15); the watermark follows 1 ms behind the newest
      const source = hot('  -a---b---c---d-|', { a: { at: 2 }, b: { at: 3 }, c: { at: 6 }, d: { at: 9 } });
      const expected = '    -----v---w---x-(yz|)';

      const rows = source.pipe(slidingWindow({ size: 6, slide: 3, time: 'at', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        v: { windowStart: -3, windowEnd: 3, n: 1 },
        w: { windowStart: 0, windowEnd: 6, n: 2 },
        x: { windowStart: 3, windowEnd: 9, n: 2 },
        y: { windowStart: 6, windowEnd: 12, n: 2 },
        z: { windowStart: 9, windowEnd: 15, n: 1 },
      });
    }),
  );

  it(
    'takes a record of the very time of an edge, before and behind the one that fires the window',
    marbles(({ hot, expectObservable }) => {
      // b fires [0, 6); c, of the same time, is in the next two like b; d is 1 ms older and has one window left
      const source = hot('  -a---b---c---d---|', { a: { at: 5 }, b: { at: 6 }, c: { at: 6 }, d: { at: 5 } });
      const expected = '    -----x-----------(yz|)';

      const rows = source.pipe(slidingWindow({ size: 6, slide: 3, time: 'at', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        x: { windowStart: 0, windowEnd: 6, n: 1 },
        y: { windowStart: 3, windowEnd: 9, n: 4 },
        z: { windowStart: 6, windowEnd: 12, n: 2 },
      });
    }),
  );

  it(
    'puts a record that comes in the very moment in which a window ends into the next one, in processing time',
    marbles(({ hot, expectObservable }) => {
      // frame         0  3  6  9  12
      const source = hot('  -a----b------|');
      const expected = '    ---v--w--x--y|';

      const rows = source.pipe(slidingWindow({ size: 6, slide: 3, clock: 'processing', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        v: { windowStart: -3, windowEnd: 3, n: 1 },
        w: { windowStart: 0, windowEnd: 6, n: 1 },
        x: { windowStart: 3, windowEnd: 9, n: 1 },
        y: { windowStart: 6, windowEnd: 12, n: 1 },
      });
    }),
  );

  describe('of 6 every 3, driven by hand', () => {
    /** Time goes on only when the watermark is moved by hand. */
    const clicks = (options: WindowOptions = {}): Driver<Click, ClickRow> =>
      drive((input: Stream<Click>) =>
        input
          .eventTime('at', { outOfOrderness: '1d' })
          .keyBy('user')
          .slidingWindow({ ...options, size: 6, slide: 3 })
          .aggregate(n),
      );

    it('takes a late record into the windows that are open, and rejects it when none is', () => {
      const driver = push(clicks(), 4).watermark(4);
      expect(shown(driver)).toEqual([]);
      expect(shown(driver.watermark(5))).toEqual(['a 0-6 1']);
      expect(shown(push(driver, 5, 2).watermark(8))).toEqual(['a 3-9 2']);
      expect(driver.takeRejections()).toMatchObject([{ kind: 'late', value: { at: 2 }, received: 2 }]);
    });

    it('fires each window of a late record at once that has fired and is kept', () => {
      const driver = push(clicks({ allowedLateness: 10 }), 4).watermark(5);
      expect(shown(driver)).toEqual(['a 0-6 1 on-time 0']);
      expect(shown(push(driver, 5))).toEqual(['a 0-6 2 late 1']);
      expect(shown(driver.watermark(8))).toEqual(['a 3-9 2 on-time 0']);
      expect(shown(push(driver, 3))).toEqual(['a 0-6 3 late 2', 'a 3-9 3 late 1']);
      expect(shown(driver.push({ user: 'b', at: 5 }))).toEqual(['b 0-6 1 late 0', 'b 3-9 1 late 0']);
      // 5 + 10: [0, 6) is forgotten, [3, 9) is not.
      expect(shown(push(driver.watermark(15), 5))).toEqual(['a 3-9 4 late 2']);
      expect(shown(push(driver.watermark(18), 5))).toEqual([]);
      expect(driver.takeRejections()).toMatchObject([{ kind: 'late' }]);
    });

    it('shows what is new alone where panes are discarding', () => {
      const driver = push(clicks({ allowedLateness: 10, early: { count: 2 }, panes: 'discarding' }), 3, 4, 5);
      expect(shown(driver)).toEqual(['a 0-6 2 early 0', 'a 3-9 2 early 0']);
      expect(shown(driver.watermark(5))).toEqual(['a 0-6 1 on-time 1']);
      expect(shown(push(driver, 5))).toEqual(['a 0-6 1 late 2', 'a 3-9 2 early 1']);
      // Nothing is new in [3, 9).
      expect(shown(driver.watermark(8))).toEqual([]);
    });

    it('fires early in event time, counted from the start of each window', () => {
      const driver = push(clicks({ early: { every: 2 } }), 0);
      // Of [-3, 3) the moments -1 and 1 have passed.
      expect(shown(driver.watermark(0))).toEqual(['a -3-3 1 early 0']);
      expect(shown(driver.watermark(1))).toEqual(['a 0-6 1 early 0']);
      expect(shown(push(driver, 1).watermark(2))).toEqual(['a -3-3 2 on-time 1']);
      expect(shown(driver.watermark(3))).toEqual(['a 0-6 2 early 1']);
      expect(shown(driver.watermark(5))).toEqual(['a 0-6 2 on-time 2']);
    });

    it('fires early in processing time, counted from the first record of the window, also behind a restore', () => {
      const options: WindowOptions = { early: { every: 5, time: 'processing' } };
      const driver = push(clicks(options).advanceTo(100), 3);
      expect(shown(driver.advanceTo(104))).toEqual([]);
      expect(shown(driver.advanceTo(105))).toEqual(['a 0-6 1 early 0', 'a 3-9 1 early 0']);
      // Nothing is new at 110.
      push(driver.advanceTo(111), 4);
      const restored = clicks(options).restore(driver.snapshot());
      for (const each of [driver, restored]) {
        expect(shown(each.advanceTo(114))).toEqual([]);
        expect(shown(each.advanceTo(115))).toEqual(['a 0-6 2 early 1', 'a 3-9 2 early 1']);
        expect(shown(each.end())).toEqual(['a 0-6 2 on-time 2', 'a 3-9 2 on-time 2']);
      }
    });

    it('fires windows that nobody fell into for every key since its first record, up to the last that somebody did', () => {
      const driver = push(clicks({ empty: true }), 1).watermark(9);
      expect(shown(driver)).toEqual(['a -3-3 1', 'a 0-6 1', 'a 3-9 0']);
      driver.push({ user: 'b', at: 16 });
      const restored = clicks({ empty: true }).restore(driver.snapshot());
      for (const each of [driver, restored]) {
        expect(shown(each.watermark(14))).toEqual(['a 6-12 0', 'a 9-15 0']);
        expect(shown(each.end())).toEqual(['a 12-18 0', 'b 12-18 1', 'a 15-21 0', 'b 15-21 1']);
      }
    });

    it('lets rows that are due together leave by windowEnd, then in the order in which their keys were first seen', () => {
      const driver = push(clicks().push({ user: 'z', at: 3 }).push({ user: 'y', at: 3 }), 0).push({ user: 'z', at: 0 });
      expect(shown(driver.end())).toEqual([
        'z -3-3 1',
        'a -3-3 1',
        'z 0-6 2',
        'y 0-6 1',
        'a 0-6 1',
        'z 3-9 1',
        'y 3-9 1',
      ]);
    });
  });

  it('rejects a record whose field holds no number, and absorbs nothing of it', () => {
    const pipeline = new TestPipeline([
      slidingWindow<Reading, [], typeof aggregate>({ size: 6, slide: 6, time: 'at', aggregate }),
    ]);
    pipeline.push({ at: 1, v: 'x' }).push({ at: 2, v: 1 }).end();
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'invalid', field: 'v', rule: 'number', received: 'x' }]);
    expect(pipeline.outcome.rows).toMatchObject([[{ records: 1, sum: 1 }, 5]]);
  });

  it.each([
    [{ size: 0 }, "`size` must be a positive duration such as '1m', got 0 (number)"],
    [{ size: Number.NaN }, "`size` must be a positive duration such as '1m', got NaN (number)"],
    [{ size: Number.POSITIVE_INFINITY }, "`size` must be a positive duration such as '1m', got Infinity (number)"],
    [{ size: '1 minute' }, '`size` must be a positive duration such as \'1m\', got "1 minute" (string)'],
    [{ size: 10.5 }, '`size` must be a whole number of milliseconds, got 10.5 (number); round it'],
    [{ size: '5000000d' }, '`size` must be at most 100000000h, got "5000000d" (string); windows that long would have'],
    [{ size: 9e15 }, '`size` must be at most 100000000d, got 9000000000000000 (number)'],
    [{ slide: undefined }, "`slide` must be a positive duration such as '1m', got undefined"],
    [{ slide: 0 }, "`slide` must be a positive duration such as '1m', got 0 (number)"],
    [
      { slide: '11ms' },
      '`slide` must be at most `size` (10ms), got "11ms" (string); a longer slide would lose the records',
    ],
    [{ offset: 5 }, '`offset` must be shorter than `slide` (5ms), got 5 (number); leave whole ones away'],
    [{ step: 5 }, '`step` must be one of the options `size`, `slide`, `offset`'],
  ])('refuses %j when called', (wrong, message) => {
    const call = (): unknown => slidingWindow({ size: 10, slide: 5, time: 'at', aggregate, ...wrong } as never);
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(message);
  });

  it('refuses to be subscribed to without a time, but in processing time', () => {
    const options = { size: 6, slide: 3, aggregate: n } as const;
    expect(() => new TestPipeline([slidingWindow(options)])).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT' }),
    );
    expect(() => new TestPipeline([slidingWindow({ ...options, clock: 'processing' })])).not.toThrow();
  });
});
