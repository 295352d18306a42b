/** A name that no other evaluation of this module has. */
const evaluation = Math.random().toString(36).slice(2);

/**
 * Whether this place lets us make functions from text. A content security policy without `unsafe-eval` does not;
 * whatever is compiled has a slower twin with the same result.
 */
export const mayCompile: boolean = probe();

function probe(): boolean {
  try {
    return compile<() => boolean>([], 'return () => true')()();
  } catch {
    return false;
  }
}

/**
 * A function of our own text. Names that users chose may stand in it only as `JSON.stringify` writes them. The text ends in a
 * name of this copy of the engine: V8 keeps what it compiled, and what it has learnt about it, by its text, so that the same
 * chain finds both again, but another copy must not.
 */
export function compile<F>(parameters: readonly string[], body: string): (...given: unknown[]) => F {
  // oxlint-disable-next-line no-new-func, no-implied-eval -- the one place; ADR 0002 says what it buys and what stands in where it is forbidden
  return new Function(...parameters, `'use strict';${body}\n// ${evaluation}`) as (...given: unknown[]) => F;
}
