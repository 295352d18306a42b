import type { FieldParser } from './field-parser.ts';

/** Decimal numbers, from a text of their digits too. Of texts with more digits than a number holds: the nearest one. */
export const numberParser: FieldParser = {
  parse: (value) => {
    if (typeof value === 'string') return numberIn(value);
    if (typeof value === 'number') return finite(value);
    return typeof value === 'bigint' ? finite(Number(value)) : undefined;
  },
  rule: () => 'number',
};

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const tens = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

function numberIn(text: string): number | undefined {
  const { length } = text;
  if (length > tens.length) return longNumberIn(text);
  const sign = text.charCodeAt(0);
  const negative = sign === 45;
  let index = negative || sign === 43 ? 1 : 0;
  const begin = index;
  let digits = 0;
  let point = -1;
  for (; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === -2 && point < 0) point = index;
    else return longNumberIn(text);
  }
  // Up to 15 digits are exact, and so is the power of ten: the quotient is the nearest number, as `Number` finds it.
  const count = length - begin - (point < 0 ? 0 : 1);
  if (count < 1 || count > 15) return longNumberIn(text);
  const size = point < 0 ? digits : digits / (tens[length - 1 - point] as number);
  return negative ? 0 - size : size;
}

/** The rare ones: with an exponent, with space around them, or long. */
function longNumberIn(text: string): number | undefined {
  const trimmed = text.trim();
  return decimal.test(trimmed) ? finite(Number(trimmed)) : undefined;
}

/** -0 becomes 0: the two are one number to everybody but `Object.is`. */
function finite(value: number): number | undefined {
  return value - value === 0 ? value + 0 : undefined;
}
