import { decodeUtf8 } from './utf8.ts';

/**
 * The text of pieces of a chunk, by their bytes: the chunk is decoded block by block, and the blocks are sliced. One call
 * into the decoder costs as much as ten slices; but V8 keeps the whole string alive that a slice of 13 characters or more
 * was cut from, so blocks are small where somebody may keep a piece. Small blocks also keep text outside ASCII, which
 * makes the slices of its block slow, from its neighbours.
 */
export class ChunkText {
  readonly #blockBytes: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** The block that is decoded, by its bytes. */
  #from = 0;
  #to = 0;
  /** `undefined` where the block is not UTF-8: its pieces are decoded one by one. */
  #text: string | undefined;
  /** Whether a byte is a character, so that offsets are the same. */
  #ascii = false;
  /** How far offsets of bytes have been counted into offsets of characters: what stands before is decoded anew. */
  #byte = 0;
  #unit = 0;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  /** Looks at these bytes from now on. */
  over(bytes: Uint8Array, length: number): void {
    this.#bytes = bytes;
    this.#length = length;
    this.#to = -1;
  }

  /** `undefined` where the piece is not UTF-8. Pieces are best asked for in their order. */
  slice(from: number, to: number): string | undefined {
    if (to > this.#to || from < this.#byte) this.#decode(from, to);
    if (this.#ascii) return (this.#text as string).slice(from - this.#from, to - this.#from);
    if (this.#text === undefined) return decodeUtf8(this.#bytes.subarray(from, to));
    return this.#text.slice(this.#unitAt(from), this.#unitAt(to));
  }

  #decode(from: number, to: number): void {
    let end = Math.max(to, Math.min(from + this.#blockBytes, this.#length));
    // Not through the middle of a character; a piece that ends in the middle of one is not text.
    while (end > to && ((this.#bytes[end] as number) & 0xc0) === 0x80) end--;
    this.#text = decodeUtf8(this.#bytes.subarray(from, end));
    this.#ascii = this.#text?.length === end - from;
    this.#from = from;
    this.#to = end;
    this.#byte = from;
    this.#unit = 0;
  }

  #unitAt(offset: number): number {
    const bytes = this.#bytes;
    let unit = this.#unit;
    for (let index = this.#byte; index < offset; index++) {
      const byte = bytes[index] as number;
      // The first byte of a character counts; one of four bytes is a surrogate pair.
      if ((byte & 0xc0) !== 0x80) unit += byte >= 0xf0 ? 2 : 1;
    }
    this.#byte = offset;
    this.#unit = unit;
    return unit;
  }
}
