export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const minus = 0x2d;
export const point = 0x2e;
const plus = 0x2b;
export const zero = 0x30;
export const nine = 0x39;
export const openBracket = 0x5b;
const closeBracket = 0x5d;
const backslash = 0x5c;
const [a, e, f, l, n, r, s, t, u] = [0x61, 0x65, 0x66, 0x6c, 0x6e, 0x72, 0x73, 0x74, 0x75];
const lowerCase = 0x20;
/** By byte: 0 for what a text passes over; 1 for what ends it, begins an escape, may not stand in it or is beyond ASCII. */
const stops: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x80 || byte === quote || byte === backslash || byte < 0x20),
);
/** What may follow a backslash, beside `u`. */
const escapes: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (each) => each.charCodeAt(0)));
/** Nested deeper than this is rare. */
const deepest = 32;

/**
 * Where the pieces of a JSON text end, by its bytes. Each method answers the byte behind the piece that begins there, or -1:
 * then this is not JSON, or it is rare, and `JSON.parse` has to say. The byte behind the text, if there is one, is space.
 */
export class JsonScanner {
  /** Has its highest bit where a text had bytes beyond ASCII: whether they are UTF-8 nobody has looked at. */
  seen = 0;
  /** Escapes in texts; whoever wants to know how many sets it to 0 before. */
  escapes = 0;

  start(): void {
    this.seen = 0;
    this.escapes = 0;
  }

  space(bytes: Uint8Array, from: number, to: number): number {
    return (bytes[from] as number) > 0x20 ? from : this.#behindSpace(bytes, from, to);
  }

  /** `from` is behind the quote that begins it. */
  text(bytes: Uint8Array, from: number): number {
    let at = from;
    for (;;) {
      at = behindPlain(bytes, at);
      const byte = bytes[at++];
      if (byte === quote) return at;
      if (byte === backslash) {
        at = this.#escape(bytes, at);
        if (at < 0) return -1;
      } else if ((byte as number) >= 0x80) this.seen |= 0x80;
      else return -1;
    }
  }

  number(bytes: Uint8Array, from: number): number {
    let at = bytes[from] === minus ? from + 1 : from;
    const first = at;
    at = this.#digits(bytes, at);
    if (at === first || (bytes[first] === zero && at > first + 1)) return -1;
    if (bytes[at] === point) {
      const decimals = at + 1;
      at = this.#digits(bytes, decimals);
      if (at === decimals) return -1;
    }
    if (((bytes[at] as number) | lowerCase) !== e) return at;
    at++;
    if (bytes[at] === minus || bytes[at] === plus) at++;
    const exponent = at;
    at = this.#digits(bytes, exponent);
    return at === exponent ? -1 : at;
  }

  value(bytes: Uint8Array, at: number, to: number, depth = 0): number {
    switch (bytes[at]) {
      case quote:
        return this.text(bytes, at + 1);
      case t:
        return bytes[at + 1] === r && bytes[at + 2] === u && bytes[at + 3] === e ? at + 4 : -1;
      case f:
        return bytes[at + 1] === a && bytes[at + 2] === l && bytes[at + 3] === s && bytes[at + 4] === e ? at + 5 : -1;
      case n:
        return bytes[at + 1] === u && bytes[at + 2] === l && bytes[at + 3] === l ? at + 4 : -1;
      case openBrace:
        return depth < deepest ? this.#members(bytes, at, to, closeBrace, depth + 1) : -1;
      case openBracket:
        return depth < deepest ? this.#members(bytes, at, to, closeBracket, depth + 1) : -1;
      default:
        return this.number(bytes, at);
    }
  }

  /** The colon behind a name, and the space around it. */
  colon(bytes: Uint8Array, from: number, to: number): number {
    const at = this.space(bytes, from, to);
    return bytes[at] === colon ? this.space(bytes, at + 1, to) : -1;
  }

  #behindSpace(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && isSpace(bytes[at] as number)) at++;
    return at;
  }

  #members(bytes: Uint8Array, from: number, to: number, end: number, depth: number): number {
    let at = this.space(bytes, from + 1, to);
    if (bytes[at] === end) return at + 1;
    for (;;) {
      if (end === closeBrace) {
        if (bytes[at] !== quote) return -1;
        at = this.text(bytes, at + 1);
        if (at >= 0) at = this.colon(bytes, at, to);
        if (at < 0) return -1;
      }
      at = this.value(bytes, at, to, depth);
      if (at < 0) return -1;
      at = this.space(bytes, at, to);
      if (bytes[at] === end) return at + 1;
      if (bytes[at] !== comma) return -1;
      at = this.space(bytes, at + 1, to);
    }
  }

  #digits(bytes: Uint8Array, from: number): number {
    let at = from;
    while ((bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at++;
    return at;
  }

  #escape(bytes: Uint8Array, at: number): number {
    this.escapes++;
    const byte = bytes[at] as number;
    if (byte !== u) return escapes.has(byte) ? at + 1 : -1;
    for (let digit = at + 1; digit <= at + 4; digit++) {
      const hex = (bytes[digit] as number) | lowerCase;
      const isHex = this.#digits(bytes, digit) > digit || (hex >= a && hex <= f);
      if (!isHex) return -1;
    }
    return at + 5;
  }
}

/** Behind what a text passes over. Four at a time: the loop itself costs as much as a look at a byte. */
export function behindPlain(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    if (stops[bytes[at] as number] !== 0) return at;
    if (stops[bytes[at + 1] as number] !== 0) return at + 1;
    if (stops[bytes[at + 2] as number] !== 0) return at + 2;
    if (stops[bytes[at + 3] as number] !== 0) return at + 3;
    at += 4;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
