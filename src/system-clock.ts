import type { Clock } from '../core/clock.ts';

/** The longest that a timer can wait; what is further away is asked for again. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt: (at, wake) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const left = at - Date.now();
      timer = setTimeout(left > 0 ? wait : wake, Math.min(Math.max(left, 0), longestTimerMs));
    };
    wait();
    return () => clearTimeout(timer);
  },
};
