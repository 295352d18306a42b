import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ewma, type EwmaOptions } from '../../../operators/smooth/ewma.ts';
import { keyBy } from '../../../operators/flow/key-by.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Reading {
  readonly id: string;
  readonly x: number | null;
}

/** The average of a key's items so far, as the definition has it: from the whole list, for each record anew. */
function averageOf(
  items: readonly (number | null)[],
  options: EwmaOptions & { readonly alpha: number },
): number | null {
  const { alpha, adjust = false, missing = 'decay', minPeriods = 1 } = options;
  const counted = missing === 'skip' ? items.filter((item) => !isMissing(item)) : items;
  const values = counted.flatMap((item, place) => (isMissing(item) ? [] : [{ item: item as number, place }]));
  if (values.length < minPeriods) return null;
  if (adjust) {
    // By age against the newest value: what has come since ages all of them alike.
    const weight = (place: number): number => (1 - alpha) ** (values.at(-1)!.place - place);
    const weights = values.reduce((sum, { place }) => sum + weight(place), 0);
    return values.reduce((sum, { item, place }) => sum + (weight(place) / weights) * item, 0);
  }
  return values.slice(1).reduce((average, { item, place }, index) => {
    const past = (1 - alpha) ** (place - values[index]!.place);
    return (past * average + alpha * item) / (past + alpha);
  }, values[0]!.item);
}

function isMissing(item: unknown): boolean {
  return item === null || Number.isNaN(item);
}

function near(average: number | null, expected: number | null): boolean {
  return average === null || expected === null ? average === expected : Math.abs(average - expected) < 1e-6;
}

describe('ewma', () => {
  describe('of numbers', () => obeysOperatorLaws(() => ewma({ alpha: 0.5 }), [10, 20, null, 20]));

  describe('of a field', () =>
    obeysOperatorLaws(
      () => ewma<Reading, 'x', 'smooth'>('x', { span: 3, adjust: true, minPeriods: 2, as: 'smooth', key: 'id' }),
      [
        { id: 'a', x: 1 },
        { id: 'b', x: 5 },
        { id: 'a', x: null },
        { id: 'a', x: 4 },
        { id: 'b', x: 7 },
      ],
    ));

  it(
    'weights the newest item by alpha',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a----b----c--|', { a: 10, b: 20, c: 20 });
      const subs = '        ^-------------!';
      const expected = '    -x----y----z--|';

      expectObservable(source.pipe(ewma({ alpha: 0.5 }))).toBe(expected, { x: 10, y: 15, z: 17.5 });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('is what its definition says, for each key by itself, also across a restore', () => {
    const reading = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      x: fc.option(fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.constant(Number.NaN))),
    });
    const options = fc.record({
      alpha: fc.double({ min: 0.01, max: 1, noNaN: true }),
      adjust: fc.boolean(),
      missing: fc.constantFrom('decay' as const, 'skip' as const),
      minPeriods: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 30 }), options, fc.nat(30), (readings, given, cut) => {
        const chain = [keyBy<Reading>('id'), ewma<Reading, 'x', 'y'>('x', { ...given, as: 'y' })];
        const before = new TestPipeline(chain);
        for (const each of readings.slice(0, cut)) before.push(each);
        const after = new TestPipeline(chain).restore(before.snapshot());
        for (const each of readings.slice(cut)) after.push(each);
        const rows = [...before.outcome.rows, ...after.outcome.rows].map(
          ([row]) => row as Reading & { y: number | null },
        );
        expect(rows.map(({ id, x }) => ({ id, x }))).toEqual(readings);
        const expected = readings.map(({ id }, index) => {
          const items = readings.slice(0, index + 1).filter((each) => each.id === id);
          return averageOf(
            items.map(({ x }) => x),
            given,
          );
        });
        expect(rows.filter(({ y }, index) => !near(y, expected[index] as number | null))).toEqual([]);
      }),
    );
  });

  it('stays finite between numbers whose difference is not', () => {
    const { outcome } = new TestPipeline([ewma({ alpha: 0.5 })]).push(-Number.MAX_VALUE).push(Number.MAX_VALUE);
    expect(outcome.rows.map(([row]) => row)).toEqual([-Number.MAX_VALUE, 0]);
  });

  it.each([
    [{ alpha: 0.5 }, 0.5],
    [{ span: 3 }, 0.5],
    [{ centerOfMass: 1 }, 0.5],
    [{ halfLife: 1 }, 0.5],
    [{ halfLife: 2 }, 1 - Math.SQRT1_2],
  ])('takes %j as alpha %j', (decay, alpha) => {
    const { outcome } = new TestPipeline([ewma(decay as { alpha: number })]).push(0).push(1);
    expect(outcome.rows[1]?.[0]).toBeCloseTo(alpha, 12);
  });

  it.each(['5', true, {}, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1n])(
    'rejects %s, and goes on as if it had not come',
    (value) => {
      const { outcome } = new TestPipeline([ewma({ alpha: 0.5 })]).push(10).push(value).push(20);
      expect(outcome.rejections).toMatchObject([{ kind: 'invalid', rule: 'a finite number', received: value }]);
      expect(outcome.rows.map(([row]) => row)).toEqual([10, 15]);
    },
  );

  it('rejects a record that is no object where a field was named', () => {
    const { outcome } = new TestPipeline([ewma<Reading, 'x', 'y'>('x', { alpha: 0.5, as: 'y' })]).push(5).push(null);
    expect(outcome.rejections).toMatchObject([
      { rule: 'an object', value: 5 },
      { rule: 'an object', value: null },
    ]);
  });

  it.each([0, -0.1, 1.01, Number.NaN, '0.5'])('rejects alpha = %j when called', (alpha) => {
    expect(() => ewma({ alpha: alpha as number })).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });

  it.each([
    [[{}]],
    [[{ alpha: 0.5, span: 3 }]],
    [[{ span: 0.5 }]],
    [[{ centerOfMass: -1 }]],
    [[{ halfLife: 0 }]],
    [[{ halfLife: Number.POSITIVE_INFINITY }]],
    [[{ alpha: 0.5, minPeriods: 0 }]],
    [[{ alpha: 0.5, missing: 'drop' }]],
    [[{ alpha: 0.5, as: 'y' }]],
    [['x', { alpha: 0.5 }]],
    [['', { alpha: 0.5, as: 'y' }]],
    [[undefined]],
  ])('refuses %j when called', (given) => {
    expect(() => ewma(...(given as [EwmaOptions]))).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
