import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accumulators } from '../../../core/accumulators.ts';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { parts } from '../../../src/engine/parts.ts';

interface Added {
  readonly value: number;
  readonly time: number;
  /** Which of the cells it is added to. */
  readonly cell: number;
}

const total = (values: readonly number[]): number => values.reduce((before, value) => before + value, 0);
/** The value of the earliest, or of the latest; of equal ones the first, or the last. */
const byTime = (added: readonly Added[], place: number): number | null =>
  added.toSorted((a, b) => a.time - b.time).at(place)?.value ?? null;

const aggregates: {
  readonly name: string;
  readonly of: (field: string) => Aggregate<never, unknown>;
  readonly model: (added: readonly Added[]) => unknown;
}[] = [
  { name: 'count', of: count, model: (added) => added.length },
  { name: 'sum', of: sum, model: (added) => total(added.map(({ value }) => value)) },
  {
    name: 'mean',
    of: mean,
    model: (added) => (added.length === 0 ? null : total(added.map(({ value }) => value)) / added.length),
  },
  {
    name: 'min',
    of: min,
    model: (added) => (added.length === 0 ? null : Math.min(...added.map(({ value }) => value))),
  },
  {
    name: 'max',
    of: max,
    model: (added) => (added.length === 0 ? null : Math.max(...added.map(({ value }) => value))),
  },
  { name: 'first', of: first, model: (added) => byTime(added, 0) },
  { name: 'last', of: last, model: (added) => byTime(added, -1) },
];

const cells = [0, 1, 2];

function begun(of: (field: string) => Aggregate<never, unknown>): Accumulators {
  const accumulators = of('v').make(undefined as never);
  accumulators.grow(2);
  accumulators.grow(3);
  for (const cell of cells) accumulators.clear(cell);
  return accumulators;
}

const additions = fc.array(
  fc.record({
    value: fc.integer({ min: -100, max: 100 }),
    time: fc.integer({ min: 0, max: 5 }),
    cell: fc.constantFrom(...cells),
  }),
  { maxLength: 20 },
);

describe.each(aggregates)('$name', ({ name, of, model }) => {
  it('keeps its cells apart, and merges them in any order as if all had gone into one', () => {
    fc.assert(
      fc.property(additions, fc.shuffledSubarray(cells, { minLength: 3 }), (added, [into, one, other]) => {
        const accumulators = begun(of);
        for (const { cell, value, time } of added) accumulators.add(cell, value, time);
        for (const cell of cells)
          expect(accumulators.result(cell)).toBe(model(added.filter((each) => each.cell === cell)));
        accumulators.merge(into as number, one as number);
        accumulators.merge(into as number, other as number);
        expect(accumulators.result(into as number)).toBe(model(added));
        accumulators.clear(into as number);
        expect(accumulators.result(into as number)).toBe(model([]));
      }),
    );
  });

  it('goes on from a snapshot, in other cells', () => {
    fc.assert(
      fc.property(additions, additions, (before, after) => {
        const saved = begun(of);
        for (const { cell, value, time } of before) saved.add(cell, value, time);
        const restored = begun(of);
        restored.restore([2, 0, 1], structuredClone(saved.snapshot(cells)));
        for (const { cell, value, time } of after) restored.add([2, 0, 1][cell] as number, value, time);
        for (const cell of cells) {
          const expected = model([...before, ...after].filter((each) => each.cell === cell));
          expect(restored.result([2, 0, 1][cell] as number)).toBe(expected);
        }
        restored.merge(0, 1);
        restored.merge(0, 2);
        expect(restored.result(0)).toBe(model([...before, ...after]));
      }),
    );
  });

  it('is a value that says what it does, made by name', () => {
    const aggregate = of('v');
    expect(aggregate.recipe).toMatchObject({ aggregate: name, field: 'v' });
    expect(parts.accumulators[name]).toBe(aggregate.make);
  });

  it.each(['', 5, null])('refuses the field %j when called', (field) => {
    expect(() => of(field as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});

describe('sum and mean', () => {
  const tenths = Array.from({ length: 10_000 }, () => 0.1);

  it('do not lose what rounding takes', () => {
    const sums = begun(sum);
    const means = begun(mean);
    for (const value of [1e100, 1, -1e100, ...tenths]) {
      sums.add(0, value, 0);
      means.add(0, value, 0);
    }
    expect(sums.result(0)).toBe(1_001);
    expect(means.result(0)).toBe(1_001 / 10_003);
  });

  it('are infinite where a value is', () => {
    const sums = begun(sum);
    for (const value of [1, Number.POSITIVE_INFINITY, 2]) sums.add(0, value, 0);
    expect(sums.result(0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('first and last', () => {
  it.each([
    { of: first, expected: 'a' },
    { of: last, expected: 'b' },
  ])('go by the order in which records came where there is no time: $expected', ({ of, expected }) => {
    const accumulators = begun(of);
    accumulators.add(0, 'a', Number.NaN);
    accumulators.add(1, 'b', Number.NaN);
    accumulators.merge(1, 0);
    expect(accumulators.result(1)).toBe(expected);
  });
});
