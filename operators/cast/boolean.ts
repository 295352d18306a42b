import type { FieldParser } from './field-parser.ts';

/** `true` and `false`, and the texts that mean them: in any case, or exactly the ones listed. */
export function booleanParser(yes: readonly string[] | undefined, no: readonly string[] | undefined): FieldParser {
  const isTrue = among(yes, 'true');
  const isFalse = among(no, 'false');
  return {
    parse: (value) => {
      if (typeof value === 'boolean') return value;
      if (typeof value !== 'string' && typeof value !== 'number') return undefined;
      const text = String(value).trim();
      if (isTrue(text)) return true;
      return isFalse(text) ? false : undefined;
    },
    rule: () => 'boolean',
  };
}

function among(texts: readonly string[] | undefined, otherwise: string): (text: string) => boolean {
  if (texts === undefined) return (text) => text.length === otherwise.length && text.toLowerCase() === otherwise;
  const listed = new Set(texts);
  return (text) => listed.has(text);
}
