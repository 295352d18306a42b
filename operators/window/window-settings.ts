import { type Duration, duration, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import { oneOf, optionsObject, positiveInteger } from '../../core/guards.ts';
import { keyLimitOptions, limitsText } from '../../core/key-limits.ts';
import type { Recipe } from '../../core/recipe.ts';
import type { WindowOptions } from './window-options.ts';

/** When and how windows fire, as plain data. */
export interface WindowSettings {
  readonly clock: 'event' | 'processing';
  /** +Infinity: no record is ever too late. */
  readonly latenessMs: number;
  readonly early?: EarlySettings;
  /** A later pane holds only what is new. */
  readonly discarding: boolean;
  readonly empty: boolean;
}

export type EarlySettings =
  { readonly everyMs: number; readonly time: 'event' | 'processing' } | { readonly count: number };

/** The names of these options, for the guard of a window. */
export const windowOptions: readonly string[] = [
  'clock',
  'allowedLateness',
  'early',
  'panes',
  'empty',
  ...keyLimitOptions,
];

/** Checks what windows of every kind have in common. */
export function windowSettings(where: string, given: Omit<WindowOptions, 'offset'>): WindowSettings {
  const clock = oneOf(where, 'clock', given.clock ?? 'event', ['event', 'processing']);
  const { early, empty = false, panes = 'accumulating' } = given;
  if (typeof empty !== 'boolean') throw new ArgumentError(where, 'empty', 'true or false', empty);
  return {
    clock,
    latenessMs: lateness(where, given.allowedLateness, clock),
    ...(early === undefined ? {} : { early: earlySettings(where, early, clock) }),
    discarding: oneOf(where, 'panes', panes, ['accumulating', 'discarding']) === 'discarding',
    empty,
  };
}

/** Whether rows of the same window and key may come more than once, so that they say which pane they are. */
export function firesAgain({ latenessMs, early }: WindowSettings): boolean {
  return latenessMs > 0 || early !== undefined;
}

/** What a recipe says of it. */
export function refiring(settings: WindowSettings): Pick<Recipe, 'refires'> {
  return firesAgain(settings) ? { refires: true } : {};
}

/** The options as `explain()` prints them, behind the size: `, early every 1s`. */
export function settingsText(given: Omit<WindowOptions, 'offset'>): string {
  const { clock, allowedLateness, early, panes, empty } = given;
  const parts: string[] = [];
  if (clock === 'processing') parts.push('processing time');
  if (allowedLateness !== undefined && allowedLateness !== 0) parts.push(`allowed lateness ${allowedLateness}`);
  if (early !== undefined) {
    parts.push('count' in early ? `early every ${early.count} records` : `early every ${early.every}`);
  }
  if (panes === 'discarding') parts.push('discarding');
  if (empty === true) parts.push('empty ones too');
  return parts.map((part) => `, ${part}`).join('') + limitsText(given);
}

function lateness(where: string, given: unknown, clock: 'event' | 'processing'): number {
  if (given === undefined) return 0;
  if (given === Number.POSITIVE_INFINITY) {
    throw new ArgumentError(where, 'allowedLateness', "a duration such as '5s'", given, "say 'unbounded' instead");
  }
  const ms = given === 'unbounded' ? Number.POSITIVE_INFINITY : duration(where, 'allowedLateness', given);
  if (ms > 0 && clock === 'processing') {
    const hint = 'in processing time no record is late';
    throw new ArgumentError(where, 'allowedLateness', "left out with `clock: 'processing'`", given, hint);
  }
  return ms;
}

function earlySettings(where: string, given: unknown, clock: 'event' | 'processing'): EarlySettings {
  const { every, time, count } = optionsObject<{ every?: Duration; time?: unknown; count?: unknown }>(
    `${where}: early`,
    given,
    ['every', 'time', 'count'],
  );
  if ((every === undefined) === (count === undefined)) {
    throw new ArgumentError(where, 'early', '`{ every }` or `{ count }`', given);
  }
  if (count !== undefined) {
    if (time !== undefined) throw new ArgumentError(where, 'early.time', 'left out with `count`', time);
    return { count: positiveInteger(where, 'early.count', count) };
  }
  const chosen = oneOf(where, 'early.time', time ?? clock, ['event', 'processing']);
  if (chosen === 'event' && clock === 'processing') {
    const hint = 'these windows know no event time';
    throw new ArgumentError(where, 'early.time', "'processing' with `clock: 'processing'`", time, hint);
  }
  return { everyMs: positiveDuration(where, 'early.every', every), time: chosen };
}
