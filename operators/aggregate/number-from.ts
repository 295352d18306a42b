import { ArgumentError } from '../../core/errors.ts';

/** A number from `least` to `most`, both included. */
export function numberFrom(where: string, option: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new ArgumentError(where, option, `a number from ${least} to ${most}`, value);
  }
  return value;
}
