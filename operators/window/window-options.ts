import type { Duration } from '../../core/duration.ts';
import type { KeyLimits } from '../../core/key-limits.ts';
import type { Flat } from '../../core/row-types.ts';
import type { CalendarUnit, Weekday } from './calendar.ts';

export interface WindowOptions extends KeyLimits {
  /** Shifts the grid from the epoch. Default 0. */
  readonly offset?: Duration;
  /** Default `'event'`. In processing time a record belongs to the window of the moment it arrives; there are no late ones. */
  readonly clock?: 'event' | 'processing';
  /** How long a window is kept behind its end: a late record fires it again, at once. Default 0: it is forgotten when it fires. */
  readonly allowedLateness?: Duration | 'unbounded';
  /**
   * Extra firings before the end: every so often, or every n records, and only if something is new.
   * In processing time `every` counts from the first record of the window, in event time from `windowStart`. `time` is the window's own `clock` by default.
   */
  readonly early?: { readonly every: Duration; readonly time?: 'event' | 'processing' } | { readonly count: number };
  /**
   * What a second firing of the same window holds: everything so far (default), or only what is new. As in Flink: a discarding pane with nothing new is not emitted, an accumulating
   * on-time pane always is, a late record fires at once; sessions that merge add up, and keep the largest pane index.
   */
  readonly panes?: 'accumulating' | 'discarding';
  /** Emit windows that no record fell into, for every live key (count 0, sum 0, the others `null`). Default false. */
  readonly empty?: boolean;
}

/** Which firing of its window a row is. */
export interface Pane {
  readonly timing: 'early' | 'on-time' | 'late';
  /** How many rows of this window and key came before. */
  readonly index: number;
}

/**
 * `[windowStart, windowEnd)` in epoch ms. `pane` is there only if the window may fire more than once. The row's event time is `windowEnd - 1`.
 * Rows that fire at the same watermark come by `windowEnd`, then by the order in which their keys were first seen; a restore keeps that order.
 * The end of the input sets the watermark to +Infinity and fires every window.
 */
export type WindowRow<Key, R> = Flat<Key & { windowStart: number; windowEnd: number; pane?: Pane } & R>;

export interface CalendarOptions extends Omit<WindowOptions, 'offset'> {
  readonly every: CalendarUnit;
  /** An IANA name: `'Europe/Berlin'`. */
  readonly zone: string;
  /** Default `'monday'`. */
  readonly weekStartsOn?: Weekday;
}

/** Results as windows give them: with `empty` each may be `null`, for a window may hold no record. */
export type OrNothing<R, E> = true extends E ? { [N in keyof R]: R[N] | null } : R;

/** `null` where a window may hold no record. */
export type NothingOf<E> = true extends E ? null : never;
