import { dayMs, daysFromCivil, daysInMonth } from '../../core/civil.ts';
import { furthestMs } from '../../core/instants.ts';

/** Finds the instant of a wall time, given in ms as if it stood in UTC. */
export interface WallClock {
  instantOf(wall: number): number;
}

const plus = 43;
const comma = 44;
const hyphen = 45;
const point = 46;
const colon = 58;

/**
 * Epoch ms of an ISO 8601 date, or date and time, of the Gregorian calendar; NaN where the text is none, and where it
 * names no offset and there is no `clock`. Digits behind the milliseconds are cut off.
 */
export function isoInstant(text: string, clock: WallClock | undefined): number {
  const sign = text.charCodeAt(0);
  const signed = sign === plus || sign === hyphen;
  // ECMAScript's expanded years: a sign and six digits; -000000 is none.
  const size = signed ? 6 : 4;
  const begin = signed ? 1 : 0;
  let year = digits(text, begin, size);
  if (year < 0 || (sign === hyphen && year === 0)) return Number.NaN;
  if (sign === hyphen) year = -year;
  let at = begin + size;
  const extended = text.charCodeAt(at) === hyphen;
  const mark = extended ? 1 : 0;
  if (signed && !extended) return Number.NaN;
  const month = digits(text, at + mark, 2);
  const day = digits(text, at + 2 + 2 * mark, 2);
  if (extended && text.charCodeAt(at + 3) !== hyphen) return Number.NaN;
  if (!(month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysInMonth(year, month)))) return Number.NaN;
  at += 4 + 2 * mark;
  const midnight = daysFromCivil(year, month, day) * dayMs;
  const divider = text.charCodeAt(at);
  // An offset may follow at once, as in XML Schema, but no bare hour: `-08` would read as a day.
  if (divider !== 84 && divider !== 116 && divider !== 32) return instant(text, at, midnight, 6, clock);
  return timeOfDay(text, at + 1, midnight, extended, clock);
}

/** Goes on behind the `T`: `hh:mm`, `hh:mm:ss`, `hh:mm:ss.f`, or the same without colons. */
function timeOfDay(
  text: string,
  from: number,
  midnight: number,
  extended: boolean,
  clock: WallClock | undefined,
): number {
  let at = from;
  const step = extended ? 3 : 2;
  const hour = digits(text, at, 2);
  const minute = digits(text, at + step, 2);
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59)) return Number.NaN;
  if (extended && text.charCodeAt(at + 2) !== colon) return Number.NaN;
  at += step + 2;
  let ms = 0;
  const next = text.charCodeAt(at);
  if (extended ? next === colon : next >= 48 && next <= 57) {
    if (extended) at++;
    const second = digits(text, at, 2);
    if (!(second >= 0 && second <= 59)) return Number.NaN;
    at += 2;
    ms = second * 1_000;
    const mark = text.charCodeAt(at);
    if (mark === point || mark === comma) {
      const begin = ++at;
      let unit = 100;
      for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) {
        ms += digit * unit;
        unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
      }
      if (at === begin) return Number.NaN;
    }
  }
  return instant(text, at, midnight + (hour * 60 + minute) * 60_000 + ms, 3, clock);
}

/** The end of the text: nothing, `Z`, `±hh:mm`, `±hhmm` or `±hh`; at least `shortest` characters where it is no `Z`. */
function instant(text: string, at: number, wall: number, shortest: number, clock: WallClock | undefined): number {
  const left = text.length - at;
  if (left === 0) return clock === undefined ? Number.NaN : clock.instantOf(wall);
  const sign = text.charCodeAt(at);
  if ((sign | 32) === 122) return left === 1 ? within(wall) : Number.NaN;
  if ((sign !== plus && sign !== hyphen) || left < shortest) return Number.NaN;
  const hour = digits(text, at + 1, 2);
  let minute = 0;
  if (left === 6 && text.charCodeAt(at + 3) === colon) minute = digits(text, at + 4, 2);
  else if (left === 5) minute = digits(text, at + 3, 2);
  else if (left !== 3) return Number.NaN;
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59)) return Number.NaN;
  const offset = (hour * 60 + minute) * 60_000;
  return within(sign === plus ? wall - offset : wall + offset);
}

function within(at: number): number {
  return at >= -furthestMs && at <= furthestMs ? at : Number.NaN;
}

/** The number that `count` digits make, or -1 where one of them is none. */
function digits(text: string, from: number, count: number): number {
  let sum = 0;
  for (let index = from; index < from + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    sum = sum * 10 + digit;
  }
  return sum;
}
