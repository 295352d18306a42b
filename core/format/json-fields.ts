import type { FieldUse } from '../recipe.ts';
import { putField, type Row, rowOf } from '../row.ts';
import { jsonNumber } from './json-number.ts';
import {
  behindPlain,
  closeBrace,
  colon,
  comma,
  JsonScanner,
  nine,
  openBrace,
  openBracket,
  quote,
  zero,
} from './json-scanner.ts';
import { ShortTexts } from './short-texts.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

interface Field {
  readonly name: Uint8Array;
  readonly place: number;
}

/** Where a chain reads more, what is left out is not worth the search for it. */
const most = 8;
const [f, n, t] = [0x66, 0x6e, 0x74];

/**
 * Some fields of JSON objects, from their bytes. Of what stands beside them nothing is made: most of what `JSON.parse` costs
 * is what it makes.
 */
export class JsonFields<T> {
  readonly #names: readonly string[];
  /** By the length of their names. */
  readonly #fields: readonly (readonly Field[] | undefined)[];
  readonly #values: unknown[];
  readonly #wholeRow: (values: readonly unknown[]) => Row;
  readonly #scanner = new JsonScanner();
  readonly #texts = new ShortTexts();

  /** Nothing where an object has to be made whole. */
  static of<T>(names: FieldUse['reads']): JsonFields<T> | undefined {
    if (names === 'all' || names.length > most) return undefined;
    // A name that is no text has no bytes.
    return names.every((name) => decodeUtf8(encodeUtf8(name)) === name) ? new JsonFields<T>(names) : undefined;
  }

  private constructor(names: readonly string[]) {
    this.#names = names;
    this.#values = names.map(() => undefined);
    const fields = names.map((name, place) => ({ name: encodeUtf8(name), place }));
    const longest = Math.max(0, ...fields.map(({ name }) => name.length));
    this.#fields = Array.from({ length: longest + 1 }, (_, length) => {
      const own = fields.filter(({ name }) => name.length === length);
      return own.length === 0 ? undefined : own;
    });
    const read = (place: number) => (values: readonly unknown[]) => values[place];
    const made = names.map((name, place) => ({ name, text: `values[${place}]`, read: read(place) }));
    this.#wholeRow = rowOf<[readonly unknown[]]>(made, ['values'], {});
  }

  /**
   * The fields of the object that these bytes are. `undefined` where they are no object, or a rare one, or no JSON at all:
   * `JSON.parse` has to say. The byte at `to`, if there is one, must be space.
   */
  read(bytes: Uint8Array, from: number, to: number): T | undefined {
    const scanner = this.#scanner;
    scanner.start();
    for (let place = 0; place < this.#values.length; place++) this.#values[place] = undefined;
    const start = scanner.space(bytes, from, to);
    if (bytes[start] !== openBrace) return undefined;
    const end = this.#members(bytes, scanner.space(bytes, start + 1, to), to);
    if (end < 0 || scanner.space(bytes, end, to) !== to) return undefined;
    if (scanner.seen >= 0x80 && decodeUtf8(bytes.subarray(from, to)) === undefined) return undefined;
    return (this.#values.includes(undefined) ? this.#partialRow() : this.#wholeRow(this.#values)) as T;
  }

  /** One loop, and in it what most objects are made of: a call for each piece would cost as much as the piece. */
  #members(bytes: Uint8Array, first: number, to: number): number {
    const scanner = this.#scanner;
    const fields = this.#fields;
    let at = first;
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      const name = at + 1;
      at = behindPlain(bytes, name);
      // A name with more than that is rare.
      if (bytes[at] !== quote) return -1;
      const named = fields[at - name];
      at++;
      if (bytes[at] !== colon) at = scanner.space(bytes, at, to);
      if (bytes[at] !== colon) return -1;
      at++;
      if ((bytes[at] as number) <= 0x20) at = scanner.space(bytes, at, to);
      const value = at;
      const kind = bytes[at];
      if (kind === quote) {
        at = behindPlain(bytes, at + 1);
        if (bytes[at] === quote) at++;
        else at = scanner.text(bytes, at);
      } else {
        while ((bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at++;
        const isWhole =
          (bytes[at] === comma || bytes[at] === closeBrace) && at > value && (kind !== zero || at === value + 1);
        if (!isWhole) at = scanner.value(bytes, value, to);
      }
      if (at < 0) return -1;
      if (named !== undefined) this.#take(named, bytes, name, value, at);
      scanner.escapes = 0;
      if ((bytes[at] as number) <= 0x20) at = scanner.space(bytes, at, to);
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return -1;
      at++;
      if ((bytes[at] as number) <= 0x20) at = scanner.space(bytes, at, to);
    }
  }

  #take(fields: readonly Field[], bytes: Uint8Array, from: number, value: number, behind: number): void {
    for (const { name, place } of fields) {
      let at = 0;
      while (at < name.length && bytes[from + at] === name[at]) at++;
      // Of fields of one name the last one counts.
      if (at === name.length) this.#values[place] = this.#value(bytes, value, behind);
    }
  }

  #value(bytes: Uint8Array, from: number, to: number): unknown {
    switch (bytes[from]) {
      case quote:
        return this.#scanner.escapes > 0 ? parsed(bytes, from, to) : this.#texts.text(bytes, from + 1, to - 1);
      case t:
        return true;
      case f:
        return false;
      case n:
        return null;
      case openBrace:
      case openBracket:
        return parsed(bytes, from, to);
      default:
        return jsonNumber(bytes, from, to);
    }
  }

  /** Without the fields that the object does not have. */
  #partialRow(): Row {
    const row: Record<string, unknown> = {};
    this.#names.forEach((name, place) => {
      if (this.#values[place] !== undefined) putField(row, name, this.#values[place]);
    });
    return row;
  }
}

/** Bytes that are JSON; `undefined` where they are not UTF-8. */
function parsed(bytes: Uint8Array, from: number, to: number): unknown {
  const text = decodeUtf8(bytes.subarray(from, to));
  return text === undefined ? undefined : JSON.parse(text);
}
