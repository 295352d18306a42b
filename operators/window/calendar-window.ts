import { oneOf } from '../../core/guards.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import { zoneName } from '../../core/zone.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import type { Operator } from '../operator.ts';
import type { Standalone } from '../standalone.ts';
import { alignedOptions, alignedWindow } from './aligned-window.ts';
import { calendarUnits, weekdays } from './calendar.ts';
import type { CalendarOptions, OrNothing, WindowRow } from './window-options.ts';

/**
 * Hours, days, weeks, months, quarters or years as the wall clocks of a time zone show them.
 *
 * ```text
 * every 'day', zone 'Europe/Berlin'   |30 March      |31 March     |1 April       (31 March has 23 hours)
 * source                              -a-----b----c---d------------e--|
 * calendarWindow                      ----------------x------------y--z|   x = a b c   y = d   z = e, at the end
 * ```
 *
 * - **Emits** one row for each key and window that a record fell into, when the watermark reaches `windowEnd - 1`. A day has 23
 *   or 25 hours where clocks are changed; each of its hours is a window of its own. Rows that are due together come by
 *   `windowEnd`, then in the order in which their keys were first seen. A row's own time is `windowEnd - 1`.
 * - **Completes** with the source, after all open windows. **Fails** with the source's error; open windows are dropped.
 * - **Rejects** (`late`) a record whose window has fired; (`invalid`) one without a timestamp, or whose field holds no number
 *   where an aggregate needs one.
 * - **State** a few numbers for each key and open window, forgotten when the window fires.
 * - **allowedLateness**, **early** and **panes** let a window fire more than once, **empty** lets it fire without records, and
 *   **clock** gives it another time: see `WindowOptions`.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `every`, `zone` or `weekStartsOn` is not known, `weekStartsOn` comes
 *   without weeks, `aggregate` names nothing, or another option is not what it must be.
 */
export function calendarWindow<
  T,
  const K extends KeyOf<T> = readonly [],
  A extends Aggregates<T> = {},
  E extends boolean = false,
>(
  options: { readonly aggregate: A; readonly empty?: E } & CalendarOptions & Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, OrNothing<Results<T, A>, E>>> {
  const where = 'calendarWindow';
  const given = alignedOptions<CalendarOptions>(where, options, ['every', 'zone', 'weekStartsOn']);
  const every = oneOf(where, 'every', given.every, calendarUnits);
  const zone = zoneName(where, 'zone', given.zone);
  if (given.weekStartsOn !== undefined && every !== 'week') {
    const hint = `a ${every} does not depend on it`;
    throw new ArgumentError(where, 'weekStartsOn', "left out unless `every` is 'week'", given.weekStartsOn, hint);
  }
  const fromMonday = [...weekdays.slice(4), ...weekdays.slice(0, 4)];
  const weekStartsOn = oneOf(where, 'weekStartsOn', given.weekStartsOn ?? 'monday', fromMonday);
  return alignedWindow(where, given, { kind: 'calendar', every, zone, weekStartsOn }, `${every}, ${zone}`);
}
