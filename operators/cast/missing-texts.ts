import type { FieldParser } from './field-parser.ts';

/** Whether a value is one of those that were listed as missing. */
export type IsListed = (value: unknown) => boolean;

/**
 * Values are compared by their text, so that `'-999'` means the number too; where fields become numbers also by what
 * the text says: `-999.0` is the same.
 */
export function listed(texts: readonly string[], trims: boolean, parser: FieldParser | undefined): IsListed {
  const known = new Set(texts);
  const numbers = new Set(texts.map((text) => parser?.parse(text)));
  // What is no number is never the same as another.
  numbers.delete(undefined);
  return (value) => {
    const text = textOf(value);
    if (text === undefined) return false;
    return known.has(trims ? text.trim() : text) || (numbers.size > 0 && numbers.has(parser?.parse(value)));
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
