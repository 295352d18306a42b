import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyTable } from '../../../core/key.ts';
import { makeCount } from '../../../operators/aggregate/count-accumulators.ts';
import { windowStart } from '../../../operators/window/assign.ts';
import { none, SliceCells } from '../../../operators/window/slice-cells.ts';

const closed = Number.NEGATIVE_INFINITY;

interface Grid {
  readonly length: number;
  readonly offset: number;
}

/** What comes to a key's cells: a slice that they are given, or one that is taken away again. */
interface Act {
  readonly slice: number;
  readonly isGone: boolean;
}

const grids = fc.record({
  length: fc.constantFrom(1, 7, 1_000, 60_000, 86_400_000),
  offset: fc.integer({ min: -50, max: 50 }),
});
const acts = fc.array(fc.record({ slice: fc.integer({ min: 0, max: 6 }), isGone: fc.boolean() }), { maxLength: 30 });
const firsts = fc.integer({ min: -1_000, max: 2_000_000 });

/** How much of a slice has passed: of a long one the last milliseconds may be taken for the next. */
const parts = fc.double({ min: 0, max: 0.999, noNaN: true });

/** The cells of one key behind these acts, and which slices have one. */
function after(list: readonly Act[], { length, offset }: Grid, first: number, isRegular = true) {
  const table = new KeyTable(['key']);
  const key = table.add('a', 'a');
  const cells = new SliceCells(table, [makeCount()], isRegular ? length : Number.POSITIVE_INFINITY, offset);
  const there = new Map<number, number>();
  for (const { slice, isGone } of list) {
    const start = windowStart((first + slice) * length, length, offset);
    const known = there.get(start);
    if (known === undefined && !isGone) there.set(start, cells.add(key, cells.openSlot(start, start + length)));
    else if (known !== undefined && isGone) {
      cells.remove(known);
      there.delete(start);
    }
  }
  return { cells, id: key.id, there };
}

describe('the cells of a key', () => {
  it('have as the newest that of the last slice, however they came and went', () => {
    fc.assert(
      fc.property(acts, grids, firsts, fc.boolean(), (list, grid, first, isRegular) => {
        const { cells, id, there } = after(list, grid, first, isRegular);
        const last = Math.max(...there.keys());
        expect(cells.newest(id)).toBe(there.get(last) ?? none);
        for (const [start, cell] of there) expect(cells.find(id, start)).toBe(cell);
      }),
    );
  });

  it('are found by the time of a record in the last slice and the one before it, and never in another', () => {
    fc.assert(
      fc.property(acts, grids, firsts, parts, (list, grid, first, part) => {
        const { length, offset } = grid;
        const { cells, id, there } = after(list, grid, first);
        const last = Math.max(...there.keys());
        for (let slice = -1; slice <= 7; slice++) {
          const start = windowStart((first + slice) * length, length, offset);
          const at = start + Math.floor(part * length);
          const found = cells.recent(id, at, closed);
          const isRecent = start === last || (start === last - length && there.has(last));
          expect(found).toBe(isRecent ? (there.get(start) ?? none) : found === none ? none : there.get(start));
          const between = start + part * length;
          expect(cells.recent(id, between, closed)).toBeOneOf([none, there.get(windowStart(between, length, offset))]);
        }
      }),
    );
  });

  it('are not found where their slice ends at a time that is closed, nor by a time that is none', () => {
    const { cells, id, there } = after([{ slice: 0, isGone: false }], { length: 1_000, offset: 0 }, 5);
    const cell = there.get(5_000);
    expect([5_000, 5_999].map((at) => cells.recent(id, at, 5_999))).toEqual([cell, cell]);
    expect([5_000, 5_999].map((at) => cells.recent(id, at, 6_000))).toEqual([none, none]);
    const others = [4_999, 6_000, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e12];
    expect(others.map((at) => cells.recent(id, at, closed))).toEqual(others.map(() => none));
    expect(cells.recent(id + 1_000, 5_000, closed)).toBe(none);
  });
});
