import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Watermarks } from '../../core/watermarks.ts';
import { patience, runs } from '../support/runs.ts';
import { WatermarksModel } from './watermarks-model.ts';

function known(slots: number): Watermarks {
  const marks = new Watermarks();
  for (let slot = 0; slot < slots; slot++) marks.join(slot);
  return marks;
}

describe('watermarks of partitions', () => {
  it('merge by their minimum, and never go back', () => {
    const marks = known(2);
    expect(marks.advance(0, 10)).toBe(false);
    expect(marks.advance(1, 5)).toBe(true);
    expect(marks.merged).toBe(5);
    expect(marks.advance(1, 4)).toBe(false);
    expect(marks.advance(1, 20)).toBe(true);
    expect(marks.merged).toBe(10);
  });

  it('leave out an idle partition until it has caught up', () => {
    const marks = known(2);
    marks.advance(0, 10);
    marks.advance(1, 5);
    expect(marks.idle(1, true)).toBe(true);
    expect(marks.merged).toBe(10);
    marks.idle(1, false);
    expect(marks.advance(1, 7)).toBe(false);
    expect(marks.advance(0, 30)).toBe(true);
    expect(marks.merged).toBe(30);
    marks.advance(1, 40);
    marks.advance(0, 50);
    expect(marks.merged).toBe(40);
  });

  it('go to the largest when all are idle, and not while one is only behind', () => {
    const marks = known(3);
    marks.advance(0, 100);
    marks.advance(1, 50);
    marks.idle(0, true);
    marks.idle(2, true);
    marks.idle(2, false);
    expect(marks.idle(1, true)).toBe(false);
    expect(marks.merged).toBe(50);
    expect(marks.idle(2, true)).toBe(true);
    expect(marks.merged).toBe(100);
  });

  it('wait again for an idle partition after a restore', () => {
    const marks = known(2);
    marks.advance(0, 10);
    marks.advance(1, 5);
    marks.idle(1, true);
    const restored = new Watermarks();
    restored.restore(structuredClone(marks.snapshot()));
    expect(restored.merged).toBe(10);
    restored.advance(0, 30);
    expect(restored.merged).toBe(10);
    restored.advance(1, 20);
    expect(restored.merged).toBe(20);
  });

  it('go to the largest that there has been, also behind a restore and where it was of one that has ended', () => {
    const marks = known(2);
    marks.advance(0, 30);
    marks.advance(0, Number.POSITIVE_INFINITY);
    marks.advance(1, 10);
    const restored = new Watermarks();
    restored.restore(structuredClone(marks.snapshot()));
    for (const each of [marks, restored]) {
      each.idle(1, true);
      expect(each.merged).toBe(30);
    }
  });

  it('leave out one that has ended: an idle one beside it is not the end', () => {
    const marks = known(2);
    marks.advance(0, 30);
    marks.advance(1, 10);
    expect(marks.advance(0, Number.POSITIVE_INFINITY)).toBe(false);
    expect(marks.idle(1, true)).toBe(true);
    expect([marks.merged, marks.allIdle]).toEqual([30, true]);
    marks.idle(1, false);
    expect(marks.advance(1, Number.POSITIVE_INFINITY)).toBe(true);
    expect(marks.merged).toBe(Number.POSITIVE_INFINITY);
    const restored = new Watermarks();
    restored.restore(structuredClone(marks.snapshot()));
    expect([restored.merged, restored.allIdle]).toEqual([Number.POSITIVE_INFINITY, false]);
  });

  it('do what a plain model does, restored at any moment', patience, () => {
    const act = fc.record({
      slot: fc.nat(5),
      at: fc.oneof(
        { weight: 20, arbitrary: fc.nat(50) },
        { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
      ),
      idle: fc.constantFrom(undefined, undefined, true, false),
      restores: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        let marks = new Watermarks();
        const plain = new WatermarksModel<number>();
        for (const { slot, at, idle, restores } of acts) {
          const moved = idle === undefined ? marks.advance(slot, at) : marks.idle(slot, idle);
          const before = plain.merged;
          if (idle === undefined) plain.advance(slot, at);
          else plain.idle(slot, idle);
          expect([marks.merged, moved, marks.of(slot)]).toEqual([plain.merged, plain.merged > before, plain.of(slot)]);
          if (!restores) continue;
          const snapshot = structuredClone(marks.snapshot());
          marks = new Watermarks();
          marks.restore(snapshot);
          plain.restore();
        }
      }),
      { numRuns: runs },
    );
  });
});
