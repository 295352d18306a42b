import { ArgumentError, ConnectorError } from '../../../core/errors.ts';
import { findFiles } from './find-files.ts';
import { type Glob, globOf, isGlob } from './glob.ts';
import { filePath } from '../options.ts';

/** What `fromFile` was told to read: paths as they stand, and patterns that files match. */
export interface Paths {
  readonly literal: readonly string[];
  readonly globs: readonly Glob[];
}

/** @throws ArgumentError for what is no path or pattern, or stands there twice. */
export function pathsOf(where: string, value: unknown): Paths {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0) throw new ArgumentError(where, 'path', 'a path or a list of at least one', value);
  const texts = given.map((path) => filePath(where, path)).toSorted(byCodeUnits);
  const twice = texts.find((path, index) => texts[index + 1] === path);
  if (twice !== undefined) throw new ArgumentError(where, 'path', 'different paths', twice, 'it stands there twice');
  const globs = texts.filter(isGlob).map((text) => globOf(where, text));
  return { literal: texts.filter((text) => !isGlob(text)), globs };
}

/** A name for all of them. */
export function nameOf({ literal, globs }: Paths): string {
  const all = [...literal, ...globs.map(({ text }) => text)].toSorted(byCodeUnits);
  const [first = ''] = all;
  return all.length === 1 ? first : `${first} (+${all.length - 1})`;
}

/** The files that there are, in the order of their paths: so it does not depend on who listed them. */
export async function filesOf(where: string, { literal, globs }: Paths): Promise<readonly string[]> {
  const files = new Set(literal);
  for (const glob of globs) for (const path of await findFiles(where, glob)) files.add(path);
  if (files.size > 0) return [...files].toSorted(byCodeUnits);
  const patterns = globs.map(({ text }) => `"${text}"`).join(', ');
  const what = `no file matches ${patterns}; a name with \`*\`, \`?\`, \`[\` or \`{\` in it is a pattern, and \`[*]\` is a \`*\``;
  throw new ConnectorError(where, what, { retryable: false, code: 'ML_FILE_NOT_FOUND' });
}

export function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
