import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { globalWindow, type GlobalWindowOptions } from '../../../operators/window/global-window.ts';
import type { Stream } from '../../../src/stream.ts';
import { drive } from '../../../src/testing/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
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

describe('globalWindow', () => {
  describe.each<GlobalWindowOptions>([
    {},
    { early: { count: 2 } },
    { early: { every: 10 } },
    { early: { every: 10 }, panes: 'discarding' },
    { early: { every: 10, time: 'processing' } },
  ])('with %j', (options) => {
    obeysOperatorLaws(
      () => globalWindow<Reading, 'key', typeof aggregate>({ ...options, time: 'at', key: 'key', aggregate }),
      samples,
    );
  });

  it(
    'fires at the end, and before it as it is told',
    marbles(({ hot, expectObservable }) => {
      // every 5: the watermark behind c is 5, behind e 11
      const source = hot('  -a--b--c--d--e--|', {
        a: { at: 1 },
        b: { at: 4 },
        c: { at: 6 },
        d: { at: 7 },
        e: { at: 12 },
      });
      const expected = '    -------x-----y--(z|)';

      const rows = source.pipe(globalWindow({ time: 'at', early: { every: 5 }, aggregate: n }));
      expectObservable(rows).toBe(expected, {
        x: { windowStart: 1, windowEnd: 7, pane: { timing: 'early', index: 0 }, n: 3 },
        y: { windowStart: 1, windowEnd: 13, pane: { timing: 'early', index: 1 }, n: 5 },
        z: { windowStart: 1, windowEnd: 13, pane: { timing: 'on-time', index: 2 }, n: 5 },
      });
    }),
  );

  it('fires by processing time, counted from the first record of each key, if something is new', () => {
    const window = drive((readings: Stream<{ key: string; at: number }>) =>
      readings
        .eventTime('at')
        .keyBy('key')
        .globalWindow({ early: { every: 10, time: 'processing' } })
        .aggregate(n),
    );
    const taken = (): unknown[] => window.take().map((row) => [row.key, row.pane?.timing, row.pane?.index, row.n]);
    window.advanceTo(3).push({ key: 'a', at: 1 }).advanceTo(12);
    expect(taken()).toEqual([]);
    window.advanceTo(13);
    expect(taken()).toEqual([['a', 'early', 0, 1]]);
    window.advanceTo(40).push({ key: 'a', at: 1 }).push({ key: 'b', at: 9 });
    const restored = window.snapshot();
    window.advanceTo(43);
    expect(taken()).toEqual([['a', 'early', 1, 2]]);
    window.advanceTo(50);
    expect(taken()).toEqual([['b', 'early', 0, 1]]);
    window.advanceTo(100).end();
    expect(taken()).toEqual([
      ['a', 'on-time', 2, 2],
      ['b', 'on-time', 1, 1],
    ]);
    const again = drive((readings: Stream<{ key: string; at: number }>) =>
      readings
        .eventTime('at')
        .keyBy('key')
        .globalWindow({ early: { every: 10, time: 'processing' } })
        .aggregate(n),
    ).restore(restored);
    expect(
      again
        .advanceTo(49)
        .take()
        .map(({ key }) => key),
    ).toEqual(['a']);
    expect(
      again
        .advanceTo(50)
        .take()
        .map(({ key }) => key),
    ).toEqual(['b']);
  });

  it('fires no more behind the end', () => {
    const window = drive((readings: Stream<{ at: number }>) =>
      readings
        .eventTime('at')
        .globalWindow({ early: { every: 10, time: 'processing' } })
        .aggregate(n),
    );
    expect(window.push({ at: 1 }).end().take()).toHaveLength(1);
    expect(window.advanceTo(100).take()).toEqual([]);
  });

  it('knows the first stretch by the oldest record where no watermark has come', () => {
    const window = drive(
      (readings: Stream<{ key: string; at: number }>) =>
        readings
          .eventTime('at')
          .keyBy('key')
          .globalWindow({ early: { every: 10 } })
          .aggregate(n),
      { partitions: ['0', '1'] },
    );
    window.push({ key: 'a', at: 25 }).push({ key: 'b', at: 3 }).push({ key: 'c', at: 36 });
    expect(window.watermark(8, '1').take()).toEqual([]);
    expect(window.watermark(9, '1').take()).toMatchObject([{ key: 'b' }, { key: 'a' }, { key: 'c' }]);
    expect(window.watermark(30, '1').take()).toEqual([]);
  });

  it('fires all that is due before the next record of a step that emits in a loop', () => {
    const readings = Array.from({ length: 3_000 }, (_, key) => ({ key, at: 0 }));
    const window = drive((input: Stream<readonly { key: number; at: number }[]>) =>
      input
        .flatMap((list) => list)
        .eventTime('at')
        .keyBy('key')
        .globalWindow({ early: { every: 10 } })
        .aggregate(n),
    );
    window.push([...readings, { key: 3_000, at: 1_000 }, { key: 2_999, at: 5 }]);
    const rows = window.take();
    expect(rows).toHaveLength(3_001);
    expect(rows.filter((row) => row.n !== 1)).toEqual([]);
  });
});
