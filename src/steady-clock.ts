import type { Clock } from '../core/clock.ts';

/** The longest that a timer can wait; what is further away is asked for again. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's own time, which may be set while a job runs. Set forward it is followed: later records are not ahead. Set back
 * it goes on from where it was, until the machine has caught up: else whatever waits for a moment would wait for as long as the
 * clock was set back. A wish to be woken is kept in time that has passed, however the clock is set meanwhile.
 */
export function steadyClock(
  wall: () => number = () => Date.now(),
  elapsed: () => number = () => performance.now(),
): Clock {
  let [time, looked] = [wall(), elapsed()];
  const now = (): number => {
    const passed = elapsed() - looked;
    looked += passed;
    time = Math.max(wall(), time + passed);
    return Math.floor(time);
  };
  const wakeAt: Clock['wakeAt'] = (at, wake) => {
    const due = elapsed() + at - now();
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      timer = setTimeout(ring, Math.min(Math.max(Math.ceil(due - elapsed()), 0), longestTimerMs));
    };
    const ring = (): void => (due > elapsed() ? wait() : wake());
    wait();
    return () => clearTimeout(timer);
  };
  return { now, wakeAt };
}
