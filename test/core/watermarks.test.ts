import { describe, expect, it } from 'vitest';
import { Watermarks } from '../../core/watermarks.ts';

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
});
