import type { FieldParser } from './field-parser.ts';

/** Text as it came, and the text of numbers, booleans and dates. */
export const stringParser: FieldParser = {
  parse: (value) => {
    switch (typeof value) {
      case 'string':
        return value === '' ? undefined : value;
      case 'number':
        return value - value === 0 ? String(value) : undefined;
      case 'bigint':
      case 'boolean':
        return String(value);
      default:
        return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
    }
  },
  rule: () => 'string',
};
