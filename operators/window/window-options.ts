import type { Duration } from '../../core/duration.ts';
import type { Flat } from '../../core/row-types.ts';

export interface WindowOptions {
  /** Shifts the grid from the epoch. Default 0. */
  readonly offset?: Duration;
}

/** `[windowStart, windowEnd)` in epoch ms. The row's event time is `windowEnd - 1`. */
export type WindowRow<Key, R> = Flat<Key & { windowStart: number; windowEnd: number } & R>;
