import { ArgumentError } from '../errors.ts';
import { optionsObject } from '../guards.ts';

/** The options of `csv`, checked and filled in. */
export interface CsvOptions {
  readonly header: boolean | readonly string[];
  readonly delimiter: string;
  readonly quote: string;
  readonly missing: readonly string[];
}

const names = ['header', 'delimiter', 'quote', 'missing'] as const;

export function csvOptions(given: unknown): CsvOptions {
  const options = optionsObject<{ readonly [K in keyof CsvOptions]?: unknown }>('csv', given, names);
  const delimiter = character('delimiter', options.delimiter ?? ',');
  const quote = character('quote', options.quote ?? '"');
  if (delimiter === quote) throw new ArgumentError('csv', 'quote', 'another character than `delimiter`', quote);
  return { header: headerOption(options.header ?? true), delimiter, quote, missing: texts(options.missing ?? []) };
}

/** Bytes are compared, so it must be one. */
function character(option: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\0-\x7f]$/.test(value) || value === '\n' || value === '\r') {
    throw new ArgumentError('csv', option, 'one ASCII character that does not end a line', value);
  }
  return value;
}

function headerOption(value: unknown): boolean | readonly string[] {
  if (typeof value === 'boolean') return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string')) {
    throw new ArgumentError('csv', 'header', '`true`, `false` or a list of names', value);
  }
  const twice = value.find((name, index) => name !== '' && value.indexOf(name) !== index);
  if (twice !== undefined) throw new ArgumentError('csv', 'header', 'different names', twice, 'it stands there twice');
  return [...value];
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string')) {
    throw new ArgumentError('csv', 'missing', 'a list of texts', value);
  }
  return [...value];
}
