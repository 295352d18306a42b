import { minus, point, zero } from './json-scanner.ts';
import { decodeUtf8 } from './utf8.ts';

/** None of them is rounded: a quotient of two such numbers is rounded once, as it has to be. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, digits) => 10 ** digits);

/** The number that these bytes, which are one in JSON, say. */
export function jsonNumber(bytes: Uint8Array, from: number, to: number): number {
  const isNegative = bytes[from] === minus;
  let value = 0;
  let decimals = 0;
  for (let at = isNegative ? from + 1 : from; at < to; at++) {
    const digit = (bytes[at] as number) - zero;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (bytes[at] === point) decimals = to - at - 1;
    else return byText(bytes, from, to);
  }
  // What is larger was rounded on the way.
  if (value > Number.MAX_SAFE_INTEGER || decimals >= powers.length) return byText(bytes, from, to);
  if (decimals > 0) value /= powers[decimals] as number;
  return isNegative ? -value : value;
}

function byText(bytes: Uint8Array, from: number, to: number): number {
  return Number(decodeUtf8(bytes.subarray(from, to)));
}
