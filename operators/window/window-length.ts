import { durationText, positiveDuration, shift } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';

/** With times in the range of `Date` the borders of windows are exact numbers as long as no length is above this. */
const longestMs = 3.6e14;

/** Milliseconds of a window, or of a part of one. */
export function windowLength(where: string, option: string, value: unknown): number {
  return exact(where, option, value, positiveDuration(where, option, value));
}

/** Milliseconds by which a grid is shifted, which may point backwards: less than what it repeats after. */
export function windowOffset(
  where: string,
  value: unknown,
  [period, periodMs]: readonly [name: string, ms: number],
): number {
  const ms = exact(where, 'offset', value, value === undefined ? 0 : shift(where, 'offset', value));
  if (Math.abs(ms) >= periodMs) {
    const hint = 'leave whole ones away: they make the same windows';
    throw new ArgumentError(where, 'offset', `shorter than \`${period}\` (${durationText(periodMs)})`, value, hint);
  }
  return ms;
}

/** A length that is not above another one. */
export function windowPart(
  where: string,
  option: string,
  value: unknown,
  [whole, wholeMs]: readonly [name: string, ms: number],
  hint: string,
): number {
  const ms = windowLength(where, option, value);
  if (ms > wholeMs) {
    throw new ArgumentError(where, option, `at most \`${whole}\` (${durationText(wholeMs)})`, value, hint);
  }
  return ms;
}

function exact(where: string, option: string, value: unknown, ms: number): number {
  if (!Number.isInteger(ms)) {
    throw new ArgumentError(where, option, 'a whole number of milliseconds', value, 'round it');
  }
  if (Math.abs(ms) > longestMs) {
    const hint = 'windows that long would have borders that are no exact numbers';
    throw new ArgumentError(where, option, `at most ${durationText(longestMs)}`, value, hint);
  }
  return ms;
}
