import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyBy } from '../../../operators/flow/key-by.ts';
import { movingAverage, type MovingOptions } from '../../../operators/smooth/moving-average.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Reading {
  readonly id: string;
  readonly x: number | null;
}

/** The mean of the last items, from the whole list. */
function meanOf(items: readonly (number | null)[], over: number, minPeriods: number): number | null {
  const values = items.slice(-over).filter((item): item is number => item !== null && !Number.isNaN(item));
  return values.length < minPeriods ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function averagesOf(items: readonly unknown[], options: MovingOptions): unknown[] {
  const pipeline = new TestPipeline([movingAverage(options)]);
  for (const item of items) pipeline.push(item);
  return pipeline.outcome.rows.map(([row]) => row);
}

describe('movingAverage', () => {
  describe('of numbers', () => obeysOperatorLaws(() => movingAverage({ over: 2 }), [10, 20, null, 20, 1, 2, 3]));

  describe('of a field', () =>
    obeysOperatorLaws(
      () => movingAverage<Reading, 'x', 'smooth'>('x', { over: 3, minPeriods: 1, as: 'smooth', key: 'id' }),
      [
        { id: 'a', x: 1 },
        { id: 'b', x: 5 },
        { id: 'a', x: null },
        { id: 'a', x: 4 },
        { id: 'b', x: 7 },
        { id: 'a', x: 6 },
        { id: 'a', x: 8 },
      ],
    ));

  it(
    'is the mean of the last records, null before there are enough',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a----b----c--|', { a: 10, b: 20, c: 40 });
      const subs = '        ^-------------!';
      const expected = '    -x----y----z--|';

      expectObservable(source.pipe(movingAverage({ over: 2 }))).toBe(expected, { x: null, y: 15, z: 30 });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('is what a dumb model says, for each key by itself, also across a restore', () => {
    const reading = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      x: fc.option(fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.constant(Number.NaN))),
    });
    const options = fc
      .integer({ min: 1, max: 20 })
      .chain((over) => fc.record({ over: fc.constant(over), minPeriods: fc.integer({ min: 1, max: over }) }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 80 }), options, fc.nat(80), (readings, given, cut) => {
        const chain = [keyBy<Reading>('id'), movingAverage<Reading, 'x', 'y'>('x', { ...given, as: 'y' })];
        const before = new TestPipeline(chain);
        for (const each of readings.slice(0, cut)) before.push(each);
        const after = new TestPipeline(chain).restore(before.snapshot());
        for (const each of readings.slice(cut)) after.push(each);
        const rows = [...before.outcome.rows, ...after.outcome.rows].map(([row]) => row);
        const expected = readings.map((each, index) => {
          const items = readings.slice(0, index + 1).filter(({ id }) => id === each.id);
          return {
            ...each,
            y: meanOf(
              items.map(({ x }) => x),
              given.over,
              given.minPeriods,
            ),
          };
        });
        expect(rows).toEqual(expected);
      }),
    );
  });

  it('asks for all of the look-back by default; a missing value takes a place in it', () => {
    expect(averagesOf([1, 2, null, 4, 5], { over: 2 })).toEqual([null, 1.5, null, null, 4.5]);
    expect(averagesOf([1, 2, undefined, 4, 5], { over: 2, minPeriods: 1 })).toEqual([1, 1.5, 2, 4, 4.5]);
  });

  it('does not lose what rounding takes', () => {
    expect(averagesOf([1e100, 1, 1, 1, 1], { over: 3, minPeriods: 1 }).slice(3)).toEqual([1, 1]);
    const tenths = averagesOf(
      Array.from({ length: 100_000 }, (_, index) => (index % 7) / 10),
      { over: 700 },
    );
    for (const average of tenths.slice(699)) expect(average).toBeCloseTo(0.3, 14);
  });

  it('recovers from an overflow', () => {
    const averages = averagesOf([Number.MAX_VALUE, Number.MAX_VALUE, 1, 2, 3], { over: 2, minPeriods: 1 });
    expect(averages.slice(3)).toEqual([1.5, 2.5]);
  });

  it('takes for a key with few records no room for many', () => {
    const pipeline = new TestPipeline([
      keyBy<Reading>('id'),
      movingAverage<Reading, 'x', 'y'>('x', { over: 1e9, minPeriods: 1, as: 'y' }),
    ]);
    for (let id = 0; id < 1_000; id++) pipeline.push({ id: String(id), x: 1 });
    expect(pipeline.outcome.rows.every(([row]) => (row as { y: number }).y === 1)).toBe(true);
  });

  it.each(['5', true, {}, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1n])(
    'rejects %s, and goes on as if it had not come',
    (value) => {
      const { outcome } = new TestPipeline([movingAverage({ over: 2 })]).push(10).push(value).push(20);
      expect(outcome.rejections).toMatchObject([{ kind: 'invalid', rule: 'a finite number', received: value }]);
      expect(outcome.rows.map(([row]) => row)).toEqual([null, 15]);
    },
  );

  it('rejects a record that is no object where a field was named', () => {
    const { outcome } = new TestPipeline([movingAverage<Reading, 'x', 'y'>('x', { over: 2, as: 'y' })]).push(5);
    expect(outcome.rejections).toMatchObject([{ rule: 'an object', value: 5 }]);
  });

  it.each([
    [[{}]],
    [[{ over: 0 }]],
    [[{ over: 1.5 }]],
    [[{ over: '5m' }]],
    [[{ over: 2, minPeriods: 0 }]],
    [[{ over: 2, minPeriods: 3 }]],
    [[{ over: 2, as: 'y' }]],
    [['x', { over: 2 }]],
    [['', { over: 2, as: 'y' }]],
    [[undefined]],
  ])('refuses %j when called', (given) => {
    expect(() => movingAverage(...(given as [MovingOptions]))).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT' }),
    );
  });
});
