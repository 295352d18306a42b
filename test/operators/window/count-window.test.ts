import fc from 'fast-check';
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
import { type SessionModelRow, resultsOf } from './session-model.ts';
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

  it('does what a dumb model does, also across a restore', () => {
    const reading = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: -60, max: 60 }),
      v: fc.option(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN))),
    });
    const counts = fc
      .integer({ min: 1, max: 12 })
      .chain((size) => fc.record({ size: fc.constant(size), slide: fc.integer({ min: 1, max: size }) }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), counts, fc.nat(60), (readings, { size, slide }, cut) => {
        const window = [
          countWindow<Reading, 'key', typeof aggregate>({ size, slide, time: 'at', key: 'key', aggregate }),
        ];
        const before = new TestPipeline(window);
        for (const each of readings.slice(0, cut)) before.push(each);
        const after = new TestPipeline(window).restore(before.snapshot());
        for (const each of readings.slice(cut)) after.push(each);
        after.end();
        expect([...before.outcome.rows, ...after.outcome.rows]).toStrictEqual(
          countWindowsOf(readings, size, slide).map((row) => [row, row.windowEnd - 1]),
        );
      }),
      { numRuns: 1_000 },
    );
  });

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

/** Keeps every record of a key for ever, and looks at the last ones. */
function countWindowsOf(readings: readonly Reading[], size: number, slide: number): SessionModelRow[] {
  const byKey = new Map<string, Reading[]>();
  const rows: SessionModelRow[] = [];
  const rowOf = (key: string, held: readonly Reading[], position: number): SessionModelRow => {
    const times = held.slice(Math.max(0, position - size)).map(({ at }) => at);
    return {
      key,
      windowStart: Math.min(...times),
      windowEnd: Math.max(...times) + 1,
      ...resultsOf(held.slice(Math.max(0, position - size))),
    };
  };
  for (const reading of readings) {
    const held = byKey.get(reading.key) ?? [];
    byKey.set(reading.key, held);
    held.push(reading);
    if (held.length % slide === 0) rows.push(rowOf(reading.key, held, held.length));
  }
  const left = [...byKey].filter(([, held]) => held.length % slide > 0);
  const ends = left.map(([key, held]) => rowOf(key, held, Math.ceil(held.length / slide) * slide));
  return [...rows, ...ends.toSorted((a, b) => a.windowEnd - b.windowEnd)];
}
