import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { steadyClock } from '../../src/steady-clock.ts';

const hour = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

/** Sets the clock of the machine; no time passes. */
function setBy(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

describe('the clock of a job', () => {
  it('goes with the machine, and follows it forward', () => {
    const clock = steadyClock();
    const start = clock.now();
    expect(start).toBe(Date.now());
    vi.advanceTimersByTime(1_000);
    expect(clock.now() - start).toBe(1_000);
    setBy(hour);
    expect(clock.now()).toBe(Date.now());
  });

  it('goes on where the machine is set back, and meets it again', () => {
    const clock = steadyClock();
    const start = clock.now();
    setBy(-hour);
    expect(clock.now()).toBe(start);
    vi.advanceTimersByTime(5_000);
    expect(clock.now()).toBe(start + 5_000);
    setBy(2 * hour);
    expect(clock.now()).toBe(Date.now());
  });

  it.each([-hour, -1_000, 0, 1_000, hour])('keeps a wish though the machine is set by %i ms', (ms) => {
    const clock = steadyClock();
    const woken = vi.fn();
    clock.wakeAt(clock.now() + 5_000, woken);
    vi.advanceTimersByTime(2_000);
    setBy(ms);
    vi.advanceTimersByTime(2_999);
    expect(woken).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(woken).toHaveBeenCalledOnce();
  });

  it.each([-hour, hour])('keeps a wish that is made after the machine was set by %i ms', (ms) => {
    const clock = steadyClock();
    setBy(ms);
    const woken = vi.fn();
    clock.wakeAt(clock.now() + 5_000, woken);
    vi.advanceTimersByTime(4_999);
    expect(woken).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(woken).toHaveBeenCalledOnce();
  });

  it('waits longer than a timer can, and not at all for what is over; a wish can be taken back', () => {
    const clock = steadyClock();
    const [late, never, over] = [vi.fn(), vi.fn(), vi.fn()];
    clock.wakeAt(clock.now() + 30 * 24 * hour, late);
    clock.wakeAt(clock.now() + 10, never)();
    clock.wakeAt(0, over);
    vi.advanceTimersByTime(0);
    expect(over).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(30 * 24 * hour - 1);
    expect([late.mock.calls.length, never.mock.calls.length]).toEqual([0, 0]);
    vi.advanceTimersByTime(1);
    expect(late).toHaveBeenCalledOnce();
  });

  it('never goes back, and is never slower than time passes, however the machine is set', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: -hour, max: hour }))),
        (acts) => {
          const clock = steadyClock();
          let before = clock.now();
          for (const [passes, by] of acts) {
            setBy(by);
            vi.advanceTimersByTime(passes);
            const now = clock.now();
            expect(now - before).toBeGreaterThanOrEqual(passes);
            expect(now).toBeGreaterThanOrEqual(Date.now());
            before = now;
          }
        },
      ),
    );
  });
});
