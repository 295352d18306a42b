/** A buffer that grew beyond this for a burst of rows is not kept. */
const worthKeeping = 1 << 20;
const firstBytes = 64 * 1024;

/** Encoded rows in the order they came, each for a place. */
export class RowBuffer<P> {
  records = 0;
  bytes = 0;
  #space = Buffer.allocUnsafeSlow(firstBytes);
  /** Where the rows of each place lie: begin and end of each stretch, in turns. */
  readonly #stretches = new Map<P, number[]>();
  /** The place of the last row, and where its stretch begins: it is not among the others yet. */
  #place: P | undefined;
  #begin = 0;

  get places(): Iterable<P> {
    this.#endStretch();
    return this.#stretches.keys();
  }

  add(place: P, row: string): void {
    // No UTF-16 unit takes more than three bytes.
    const needed = this.bytes + row.length * 3;
    if (needed > this.#space.length) this.#grow(needed);
    if (place !== this.#place) this.#beginStretch(place);
    this.bytes += this.#space.write(row, this.bytes, 'utf8');
    this.records++;
  }

  /** The rows for a place as they go to the file; valid until the next `add` or `clear`. */
  contentFor(place: P): Uint8Array {
    this.#endStretch();
    const [begin = 0, end = 0, ...further] = this.#stretches.get(place) ?? [];
    if (further.length === 0) return this.#space.subarray(begin, end);
    const parts = [this.#space.subarray(begin, end)];
    for (let index = 0; index < further.length; index += 2) {
      parts.push(this.#space.subarray(further[index], further[index + 1]));
    }
    return Buffer.concat(parts);
  }

  clear(): void {
    this.records = 0;
    this.bytes = 0;
    this.#stretches.clear();
    this.#place = undefined;
    if (this.#space.length > worthKeeping) this.#space = Buffer.allocUnsafeSlow(firstBytes);
  }

  #beginStretch(place: P): void {
    this.#endStretch();
    this.#place = place;
    this.#begin = this.bytes;
  }

  #endStretch(): void {
    if (this.#place === undefined) return;
    const stretches = this.#stretches.get(this.#place);
    if (stretches === undefined) this.#stretches.set(this.#place, [this.#begin, this.bytes]);
    else stretches.push(this.#begin, this.bytes);
    this.#place = undefined;
  }

  #grow(needed: number): void {
    const space = Buffer.allocUnsafeSlow(Math.max(needed, this.#space.length * 2));
    this.#space.copy(space, 0, 0, this.bytes);
    this.#space = space;
  }
}
