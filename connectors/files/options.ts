import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';

/** One path, or several, none twice: sorted, so that the order does not depend on who listed them. */
export function filePaths(where: string, value: unknown): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (paths.length === 0) throw new ArgumentError(where, 'path', 'a path or a list of at least one', value);
  const checked = paths.map((path) => filePath(where, path)).toSorted(byCodeUnits);
  const twice = checked.find((path, index) => checked[index + 1] === path);
  if (twice !== undefined) throw new ArgumentError(where, 'path', 'different paths', twice, 'it stands there twice');
  return checked;
}

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

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
