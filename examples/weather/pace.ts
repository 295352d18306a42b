import { setTimeout as sleep } from 'node:timers/promises';

/** An outside call that answers what it was asked about, so many ms later: time enough to kill whoever waits for it. */
export function waits(ms: number): <T>(day: T) => T | Promise<T> {
  return ms === 0 ? (day) => day : async (day) => sleep(ms, day);
}
