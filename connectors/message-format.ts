import { ArgumentError } from '../core/errors.ts';
import type { Format } from '../core/format.ts';

/** A format that can do what messages need of it. */
export function messageFormat<K extends 'decode' | 'encode'>(
  where: string,
  value: unknown,
  part: K,
): Format<unknown> & Required<Pick<Format<unknown>, K>> {
  if (typeof value === 'object' && value !== null && part in value) {
    return value as Format<unknown> & Required<Pick<Format<unknown>, K>>;
  }
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
  const expected = 'a format for messages: `json()`, `text()`, `bytes()`, `csv({ header: [...] })` or `format(...)`';
  throw new ArgumentError(where, 'value', expected, name);
}
