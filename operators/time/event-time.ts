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
  /** A record further ahead of the clock than this is rejected (`ahead`) and cannot move the watermark. Default `'off'`. */
  readonly maxAhead?: Duration | 'off';
}

export const eventTimeOptions = ['outOfOrderness', 'maxAhead'] as const;

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
 * - **Rejects** a record whose time is missing or not a finite number (`invalid`), and one beyond `maxAhead` (`ahead`).
 * - **State** one number a partition.
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
    outOfOrdernessMs: duration(where, 'outOfOrderness', given.outOfOrderness ?? 0),
    maxAheadMs:
      given.maxAhead === undefined || given.maxAhead === 'off'
        ? Number.POSITIVE_INFINITY
        : positiveDuration(where, 'maxAhead', given.maxAhead),
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
      ].join(', '),
    },
    make: makeEventTime,
  };
}
