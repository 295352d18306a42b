import type { Format } from '../core/format.ts';
import { formatWith } from './format-with.ts';

const expected = 'a format for messages: `json()`, `text()`, `bytes()`, `csv({ header: [...] })` or `format(...)`';

/** A format that can do what messages need of it. */
export function messageFormat<K extends 'decode' | 'encode'>(
  where: string,
  value: unknown,
  part: K,
): Format<unknown> & Required<Pick<Format<unknown>, K>> {
  return formatWith(where, 'value', value, part, expected);
}
