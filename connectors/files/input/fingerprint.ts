import { createHash } from 'node:crypto';

/** Bytes at the beginning of a file by which it is known again; fewer while fewer have been read. */
export const headBytes = 1024;
/** Bytes in front of a position by which it is known again. */
export const markBytes = 256;

/** How a file begins: grows with the first bytes that are read of it. */
export class Head {
  length = 0;
  readonly #bytes = new Uint8Array(headBytes);
  #known = '';
  #knownLength = -1;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** The next bytes of the file, from its beginning on. */
  add(bytes: Uint8Array): void {
    const more = bytes.subarray(0, headBytes - this.length);
    this.#bytes.set(more, this.length);
    this.length += more.length;
  }

  /** Of what stands before a byte: what comes behind it may still become something else. */
  fingerprint(before: number): string {
    const length = Math.min(this.length, before);
    if (length === this.#knownLength) return this.#known;
    this.#knownLength = length;
    this.#known = digest(this.#bytes.subarray(0, length));
    return this.#known;
  }
}

/** `<length>:<hash>`. */
export function digest(bytes: Uint8Array): string {
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}

/** Of how many bytes a digest is. */
export function digestLength(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** What stands in front of a byte of a file, as a digest. */
export interface Mark {
  readonly offset: number;
  readonly digest: string;
}
