import { ArgumentError } from '../core/errors.ts';
import type { Format } from '../core/format.ts';

/** A format that can do this; `expected`: which ones can. */
export function formatWith<T, K extends keyof Format<T>>(
  where: string,
  option: string,
  value: unknown,
  part: K,
  expected: string,
): Format<T> & Required<Pick<Format<T>, K>> {
  if (typeof value === 'object' && value !== null && part in value) {
    return value as Format<T> & Required<Pick<Format<T>, K>>;
  }
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
  throw new ArgumentError(where, option, expected, name);
}
