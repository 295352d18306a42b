import { decodeUtf8 } from './utf8.ts';

const places = 4_096;
/** Longer ones seldom come twice. */
const longest = 48;

/**
 * Texts by their bytes. A short one that came before is not made again: in a stream names, states and units come again and
 * again, and to compare bytes costs a third of making a string of them.
 */
export class ShortTexts {
  readonly #kept: string[] = Array.from({ length: places }, () => '');
  readonly #hashes = new Int32Array(places);

  /** `undefined` where the bytes are not UTF-8. */
  text(bytes: Uint8Array, from: number, to: number): string | undefined {
    const length = to - from;
    if (length > longest) return decodeUtf8(bytes.subarray(from, to));
    let hash = length;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const place = (hash ^ (hash >>> 12)) & (places - 1);
    const kept = this.#kept[place]!;
    if (isText(kept, bytes, from, length)) return kept;
    const text = decodeUtf8(bytes.subarray(from, to));
    // One that comes for the first time may be one of many that never come again.
    if (this.#hashes[place] !== hash) this.#hashes[place] = hash;
    // Only what is ASCII can be compared byte by byte.
    else if (text?.length === length) this.#kept[place] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, from: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}
