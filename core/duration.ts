import { ArgumentError } from './errors.ts';
import { furthestMs } from './instants.ts';

/** `'250ms' | '5s' | '1m' | '1h' | '7d'`, or a number of milliseconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const shape = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of a duration above zero. */
export function positiveDuration(where: string, option: string, value: unknown): number {
  return checked(where, option, value, "a positive duration such as '1m'", (ms) => ms > 0);
}

/** Milliseconds of a duration that may be zero. */
export function duration(where: string, option: string, value: unknown): number {
  return checked(where, option, value, "a duration such as '5s'", (ms) => ms >= 0);
}

/** Milliseconds of a shift, which may point backwards. */
export function shift(where: string, option: string, value: unknown): number {
  return checked(where, option, value, "a duration such as '6h' or '-6h'", () => true);
}

/** Milliseconds as a person would write them: `90000` is `'90s'`. */
export function durationText(ms: number): string {
  const largest = Object.entries(units).findLast(([, unit]) => ms >= unit && ms % unit === 0);
  return largest === undefined ? `${ms}ms` : `${ms / largest[1]}${largest[0]}`;
}

function checked(
  where: string,
  option: string,
  value: unknown,
  expected: string,
  holds: (ms: number) => boolean,
): number {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? parse(value) : undefined;
  if (ms === undefined || !Number.isFinite(ms) || !holds(ms)) throw new ArgumentError(where, option, expected, value);
  // Nothing longer can separate two timestamps.
  if (Math.abs(ms) > furthestMs) throw new ArgumentError(where, option, `at most ${durationText(furthestMs)}`, value);
  return ms;
}

function parse(text: string): number | undefined {
  const [, amount, unit] = shape.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Number(amount) * (units[unit] ?? Number.NaN);
}
