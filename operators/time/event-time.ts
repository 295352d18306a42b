import { duration, type Duration, durationText, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import { optionsObject } from '../../core/guards.ts';
import { plainRecipe, type Step } from '../../core/recipe.ts';
import type { NamesOf } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type EventTimeRecipe, makeEventTime } from './event-time-processor.ts';

/** The field that holds the event time (epoch ms or `Date`), or a function that finds it. */
export type TimeOf<T> = NamesOf<T, number | Date> | ((value: T) => number);

export interface EventTimeOptions {
  /** How long a record may come after a younger one. Default 0. */
  readonly outOfOrderness?: Duration;
  /**
   * A partition that had nothing for this long, though it was asked, no longer holds the watermark back. Paused, rebalancing, unreachable and down time do not count, a restore starts
   * the count anew. It holds the watermark again once it has reached it; what it brings from before is late by the ordinary rule. Default: never; `job.run` warns.
   */
  readonly idleAfter?: Duration;
  /** A record further ahead of the clock than this is rejected (`ahead`) and cannot move the watermark. Default `'1d'` on live connectors, off on files, arrays, Observables and `drive`. */
  readonly maxAhead?: Duration | 'off';
}

export const eventTimeOptions = ['outOfOrderness', 'idleAfter', 'maxAhead'] as const;

/**
 * Says where the records' event time stands, and how far out of order they may come.
 *
 * ```text
 * source            -a---b---c--|    a.at = 1000   b.at = 3000   c.at = 2500
 * eventTime('at')   -a---b---c--|    watermark behind b: 2999; c is late for a window that has fired
 * ```
 *
 * - **Emits** every record as it came, with its time; after each one the watermark is the newest time seen, less
 *   `outOfOrderness`, less 1 ms: one record further may have the very same time.
 * - **Completes** with the source, after a watermark of +Infinity: every window fires. **Fails** with the source's error.
 * - **Rejects** a record whose time is missing or none that a `Date` can hold (`invalid`), and one beyond `maxAhead` (`ahead`).
 * - **State** three numbers a partition.
 * - **Idle** a partition that had nothing for `idleAfter` holds nobody back until it has caught up again.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `time` is neither a name nor a function, or an option is not a duration.
 */
export function eventTime<T>(time: TimeOf<T>, options: EventTimeOptions = {}): Operator<T, T> {
  return operator(eventTimeStep('eventTime', 'time', time, options));
}

/** The step behind `eventTime`, and before an operator that is told its time in Rx code. */
export function eventTimeStep(where: string, option: string, time: unknown, options: EventTimeOptions): Step {
  if (typeof time !== 'function' && (typeof time !== 'string' || time === '')) {
    throw new ArgumentError(where, option, 'the name of a field or a function', time);
  }
  const given = optionsObject<EventTimeOptions>(where, options, eventTimeOptions);
  const recipe: EventTimeRecipe = {
    time: time as EventTimeRecipe['time'],
    outOfOrdernessMs: given.outOfOrderness === undefined ? 0 : duration(where, 'outOfOrderness', given.outOfOrderness),
    idleAfterMs:
      given.idleAfter === undefined ? Number.POSITIVE_INFINITY : positiveDuration(where, 'idleAfter', given.idleAfter),
    maxAheadMs: maxAheadMs(where, given.maxAhead),
  };
  return {
    recipe: {
      ...plainRecipe,
      operator: 'eventTime',
      options: recipe,
      fields: { reads: typeof time === 'string' ? [time] : 'all', writes: [], keepsOthers: true },
      stateful: true,
      time: 'sets',
      summary: [
        typeof time === 'string' ? time : 'a function',
        ...(recipe.outOfOrdernessMs > 0 ? [`out of order by ${durationText(recipe.outOfOrdernessMs)}`] : []),
        ...(given.idleAfter === undefined ? [] : [`idle after ${durationText(recipe.idleAfterMs)}`]),
      ].join(', '),
    },
    make: makeEventTime,
  };
}

/** Nothing: what it is depends on the input. */
function maxAheadMs(where: string, given: unknown): number | undefined {
  if (given === undefined) return undefined;
  return given === 'off' ? Number.POSITIVE_INFINITY : positiveDuration(where, 'maxAhead', given);
}
