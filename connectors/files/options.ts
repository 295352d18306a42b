import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';

export function filePath(where: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw new ArgumentError(where, 'path', 'the path of a file', value);
}

/** A format that can do what files need of it. */
export function fileFormat<T, K extends 'splitter' | 'encoder'>(
  where: string,
  value: unknown,
  part: K,
): Format<T> & Required<Pick<Format<T>, K>> {
  if (typeof value === 'object' && value !== null && part in value) {
    return value as Format<T> & Required<Pick<Format<T>, K>>;
  }
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
  throw new ArgumentError(where, 'format', 'a format for files: `csv()`, `jsonLines()` or `text()`', name);
}
