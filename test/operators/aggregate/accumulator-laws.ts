import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Accumulators } from '../../../core/accumulators.ts';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { parts } from '../../../src/engine/parts.ts';
import { patience, runs } from '../../support/runs.ts';

/** A value that is added to one of the cells. */
export interface Added<V = number> {
  readonly value: V;
  readonly time: number;
  readonly cell: number;
}

export interface AccumulatorLaws<V> {
  readonly aggregate: Aggregate<never, unknown>;
  /** A value as `add` is handed it: of a field, or a whole record. */
  readonly values: fc.Arbitrary<V>;
  /** What it must come to, computed from all values at once. They stand in the order in which they came. */
  readonly model: (added: readonly Added<V>[]) => unknown;
  /** Whether what was merged can be taken away again. */
  readonly inverts: boolean;
}

/** Three cells; the accumulators grow on their way there. */
export function begun({ recipe, make }: Aggregate<never, unknown>): Accumulators {
  const accumulators = make(recipe.options as never);
  accumulators.grow(2);
  accumulators.grow(3);
  for (const cell of cells) accumulators.clear(cell);
  return accumulators;
}

/** Numbers may differ by rounding, wherever they stand in a result. */
export function expectNear(result: unknown, expected: unknown): void {
  const isNear =
    typeof result === 'number' &&
    typeof expected === 'number' &&
    Math.abs(result - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  expect(isNear ? expected : result).toEqual(expected);
}

const cells = [0, 1, 2];
const borders = [0, 10] as const;

/** What the accumulators of every aggregate promise, whatever it does. */
export function obeysAccumulatorLaws<V>({ aggregate, values, model, inverts }: AccumulatorLaws<V>): void {
  const additions = fc.array(
    fc.record({ value: values, time: fc.integer({ min: 0, max: 9 }), cell: fc.constantFrom(...cells) }),
    { maxLength: 20 },
  );
  const permutations = fc.shuffledSubarray(cells, { minLength: 3 }) as unknown as fc.Arbitrary<
    [number, number, number]
  >;
  const start = (): Accumulators => begun(aggregate);
  const addAll = (to: Accumulators, added: readonly Added<V>[], place = cells): void => {
    for (const { cell, value, time } of added) {
      to.prepare?.(place[cell] as number, value, time);
      to.add(place[cell] as number, value, time);
    }
  };
  const result = (of: Accumulators, cell: number): unknown => of.result(cell, ...borders);

  it('keeps its cells apart, and merges them in any order as if all had gone into one', patience, () => {
    fc.assert(
      fc.property(additions, permutations, (added, [into, one, other]) => {
        const accumulators = start();
        addAll(accumulators, added);
        for (const cell of cells) {
          expectNear(result(accumulators, cell), model(added.filter((each) => each.cell === cell)));
        }
        accumulators.merge(into, one);
        accumulators.merge(into, other);
        expectNear(result(accumulators, into), model(added));
        for (const cell of [one, other]) {
          expectNear(result(accumulators, cell), model(added.filter((each) => each.cell === cell)));
        }
        accumulators.clear(into);
        expectNear(result(accumulators, into), model([]));
      }),
      { numRuns: runs },
    );
  });

  it('goes on from a snapshot, in other cells, and leaves the snapshot as it was', patience, () => {
    fc.assert(
      fc.property(additions, additions, permutations, (before, after, place) => {
        const saved = start();
        addAll(saved, before);
        const snapshot = saved.snapshot(cells);
        const stored = structuredClone(snapshot);
        addAll(saved, after);
        expect(snapshot).toStrictEqual(stored);
        const restored = start();
        restored.restore(place, stored);
        expect(restored.snapshot(place)).toStrictEqual(stored);
        addAll(restored, after, place);
        expect(structuredClone(snapshot)).toStrictEqual(stored);
        const all = [...before, ...after];
        for (const cell of cells) {
          const expected = model(all.filter((each) => each.cell === cell));
          expectNear(result(restored, place[cell] as number), expected);
          expect(result(restored, place[cell] as number)).toEqual(result(saved, cell));
        }
        restored.merge(0, 1);
        restored.merge(0, 2);
        expectNear(result(restored, 0), model(all));
      }),
      { numRuns: runs },
    );
  });

  it('says whether it can take away what was merged', () => {
    expect(start().subtract !== undefined).toBe(inverts);
  });

  it('gives a result that does not change with its cell', patience, () => {
    fc.assert(
      fc.property(additions, additions, (before, after) => {
        const accumulators = start();
        addAll(accumulators, before);
        const results = cells.map((cell) => result(accumulators, cell));
        const copies = structuredClone(results);
        addAll(accumulators, after);
        accumulators.merge(0, 1);
        expect(results).toStrictEqual(copies);
      }),
      { numRuns: Math.ceil(runs / 5) },
    );
  });

  it('is made by name', () => {
    expect(parts.accumulators[aggregate.recipe.aggregate]).toBe(aggregate.make);
  });

  if (!inverts) return;
  it('takes away again what was merged', patience, () => {
    fc.assert(
      fc.property(additions, permutations, (added, [into, one, other]) => {
        const begin = start();
        addAll(begin, added);
        begin.merge(into, one);
        begin.merge(into, other);
        begin.subtract?.(into, one);
        expectNear(result(begin, into), model(added.filter((each) => each.cell !== one)));
        addAll(begin, [{ ...(added[0] as Added<V>), cell: into }].slice(0, added.length));
        begin.clear(into);
        for (const cell of [one, other, one, other]) begin.merge(into, cell);
        for (const cell of [other, one, other, one]) begin.subtract?.(into, cell);
        expectNear(result(begin, into), model([]));
      }),
      { numRuns: runs },
    );
  });
}
