import type { FieldParser } from './field-parser.ts';

/** Whole numbers that a number holds exactly. `12.0` is one; `1e3` is not: programs that write so have lost digits. */
export const integerParser: FieldParser = {
  parse: (value) => {
    if (typeof value === 'string') return integerIn(value);
    if (typeof value === 'number') return safe(value);
    return typeof value === 'bigint' ? safe(Number(value)) : undefined;
  },
  rule: (value) => (isWhole(value) ? 'integer of at most 2^53 - 1' : 'integer'),
};

const whole = /^[+-]?\d+(?:\.0*)?$/;

function integerIn(text: string): number | undefined {
  const { length } = text;
  const sign = text.charCodeAt(0);
  const negative = sign === 45;
  let index = negative || sign === 43 ? 1 : 0;
  if (length > 15 || index === length) return longIntegerIn(text);
  let digits = 0;
  for (; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return longIntegerIn(text);
    digits = digits * 10 + digit;
  }
  return negative ? 0 - digits : digits;
}

function longIntegerIn(text: string): number | undefined {
  const trimmed = text.trim();
  return whole.test(trimmed) ? safe(Number(trimmed)) : undefined;
}

/** -0 becomes 0. */
function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return whole.test(value.trim());
  return typeof value === 'bigint' || Number.isInteger(value);
}
