/** A name that no other evaluation of this module has. */
const evaluation = Math.random().toString(36).slice(2);

/**
 * Whether this place lets us make functions from text. A content security policy without `unsafe-eval` does not;
 * whatever is compiled has a slower twin with the same result.
 */
export const mayCompile: boolean = probe();

function probe(): boolean {
  try {
    return compileAnew<() => boolean>([], 'return () => true')()();
  } catch {
    return false;
  }
}

/** Of so many texts what was made is kept; what was made first goes first. */
const mostKept = 100;
const kept = new Map<string, (...given: unknown[]) => unknown>();

/**
 * A function of our own text. Names that users chose may stand in it only as `JSON.stringify` writes them. For the same text it is the
 * same function: what it makes then looks the same to the compiler, and a call of it stays one that is compiled into its caller.
 */
export function compile<F>(parameters: readonly string[], body: string): (...given: unknown[]) => F {
  const text = `${parameters.join()}\n${body}`;
  const known = kept.get(text) ?? compileAnew<F>(parameters, body);
  kept.set(text, known);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
  return known as (...given: unknown[]) => F;
}

/**
 * The same, but made anew each time, and not kept. The text ends in a name of this copy of the engine: V8 keeps what it compiled, and
 * what it has learnt about it, by its text, and another copy must not find that.
 */
export function compileAnew<F>(parameters: readonly string[], body: string): (...given: unknown[]) => F {
  // oxlint-disable-next-line no-new-func, no-implied-eval -- the one place; ADR 0002 says what it buys and what stands in where it is forbidden
  return new Function(...parameters, `'use strict';${body}\n// ${evaluation}`) as (...given: unknown[]) => F;
}
