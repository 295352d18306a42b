import { ArgumentError } from '../../../core/errors.ts';
import { classEnd, NamePattern } from './name-pattern.ts';

/** A name as it stands, a pattern for names, or `**`: any folders, none included. */
export type Segment = string | NamePattern | typeof anyFolders;

export const anyFolders: unique symbol = Symbol('**');

/** Paths with `*`, `?`, `[a-z]`, `**` and `{a,b}` in them, as what stands between their slashes. */
export interface Glob {
  readonly text: string;
  readonly branches: readonly (readonly Segment[])[];
}

const mostBranches = 1_000;

export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** @throws ArgumentError for a pattern that is none. */
export function globOf(where: string, text: string): Glob {
  const branches = alternatives(where, Array.from(text), text).map((branch) =>
    branch.split('/').map((name): Segment => {
      if (name === '**') return anyFolders;
      return /[*?[]/.test(name) ? new NamePattern(where, name) : name;
    }),
  );
  return { text, branches };
}

/** The text without its braces, once for each choice of what stands in them. */
function alternatives(where: string, text: readonly string[], whole: string): readonly string[] {
  const open = indexOutsideClasses(text, 0, (each) => each === '{');
  if (open < 0) return [text.join('')];
  const choices: string[][] = [];
  let begin = open + 1;
  let depth = 1;
  for (let at = begin; depth > 0; at++) {
    at = indexOutsideClasses(text, at, (each) => each === '{' || each === '}' || each === ',');
    if (at < 0) throw new ArgumentError(where, 'path', 'a pattern in which every `{` is closed', whole);
    if (text[at] === '{') depth++;
    else if (text[at] === '}') depth--;
    if (depth > 1 || (depth === 1 && text[at] !== ',')) continue;
    choices.push(text.slice(begin, at));
    begin = at + 1;
  }
  const before = text.slice(0, open);
  const found = choices.flatMap((choice) => alternatives(where, [...before, ...choice, ...text.slice(begin)], whole));
  if (found.length <= mostBranches) return found;
  throw new ArgumentError(where, 'path', `a pattern with at most ${mostBranches} choices in braces`, whole);
}

/** Braces in `[{]` are members of a class. */
function indexOutsideClasses(text: readonly string[], from: number, isIt: (character: string) => boolean): number {
  for (let at = from; at < text.length; at++) {
    if (isIt(text[at] as string)) return at;
    if (text[at] === '[') at = Math.max(at, classEnd(text, at));
  }
  return -1;
}
