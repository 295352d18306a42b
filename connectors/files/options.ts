import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { formatWith } from '../format-with.ts';
import { isPath } from './is-path.ts';

export function filePath(where: string, value: unknown): string {
  if (isPath(value)) return value;
  throw new ArgumentError(where, 'path', 'the path of a file', value);
}

/** A format that can do what files need of it. */
export function fileFormat<T, K extends 'splitter' | 'encoder'>(
  where: string,
  value: unknown,
  part: K,
): Format<T> & Required<Pick<Format<T>, K>> {
  return formatWith(where, 'format', value, part, 'a format for files: `csv()`, `jsonLines()` or `text()`');
}
