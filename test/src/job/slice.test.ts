import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Slice } from '../../../src/job/slice.ts';

describe('the slices in which a pump pushes records', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** Sizes, where every record takes so long. */
  const sizes = (slice: Slice, msPerRecord: number, count: number): readonly number[] =>
    Array.from({ length: count }, () => {
      const { size } = slice;
      slice.begin();
      vi.advanceTimersByTime(size * msPerRecord);
      slice.ends();
      return size;
    });

  it('grow where the chain is quick, for each look at the clock costs as much as a record', () => {
    expect(sizes(new Slice(), 0, 4)).toEqual([256, 512, 1_024, 1_024]);
  });

  it('are small where it is slow, and grow when it is quick again', () => {
    const slice = new Slice();
    expect(sizes(slice, 1, 6)).toEqual([256, 128, 64, 32, 16, 16]);
    expect(sizes(slice, 0, 3)).toEqual([16, 32, 64]);
  });

  it('are no larger than what may be written before anybody looks whether there is room', () => {
    expect(sizes(new Slice(100), 0, 2)).toEqual([100, 100]);
    expect(sizes(new Slice(3), 1_000, 2)).toEqual([3, 3]);
  });

  it('leave the event loop its turn before 25 ms are over, if a record takes less than half a ms', () => {
    const slice = new Slice();
    sizes(slice, 0.5, 5);
    slice.turned();
    let mayGoOn = true;
    while (mayGoOn) {
      vi.advanceTimersByTime(slice.size * 0.5);
      mayGoOn = slice.ends();
    }
    expect(slice.busyMs).toBeLessThan(25);
    expect(slice.isTurnDue).toBe(true);
    slice.turned();
    expect([slice.busyMs, slice.isTurnDue]).toEqual([0, false]);
  });

  it('do not count the time for which others had their turns', () => {
    const slice = new Slice();
    vi.advanceTimersByTime(50);
    slice.waited(45);
    expect([slice.busyMs, slice.isTurnDue]).toEqual([5, false]);
  });
});
