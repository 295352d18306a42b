/** Reads what follows each other in bytes: numbers of variable length, signs zigzag, and bytes behind their length. */
export class ByteCursor {
  at: number;
  readonly #source: Buffer;

  constructor(source: Buffer, at: number) {
    this.#source = source;
    this.at = at;
  }

  /** Whether it has left the bytes: whatever it reads there is nothing. */
  get isBehind(): boolean {
    return this.at > this.#source.length;
  }

  /** Up to 64 bits; exact up to 53. */
  varint(): number {
    const source = this.#source;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = source[this.at++]!;
      value |= (byte & 0x7f) << shift;
      if (!(byte >= 0x80)) return (value >>> 1) ^ -(value & 1);
    }
    return this.#long(value);
  }

  /** Nothing where the length is negative. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const from = this.at;
    this.at = from + length;
    return this.#source.subarray(from, this.at);
  }

  /** `low`: the 28 bits that have been read. */
  #long(low: number): number {
    let value = BigInt(low);
    for (let shift = 28n; shift < 64n; shift += 7n) {
      const byte = this.#source[this.at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (!(byte >= 0x80)) break;
    }
    return Number(BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
  }
}
