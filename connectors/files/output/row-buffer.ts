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
  #last: { readonly place: P; readonly stretches: number[] } | undefined;

  get places(): Iterable<P> {
    return this.#stretches.keys();
  }

  has(place: P): boolean {
    return this.#stretches.has(place);
  }

  add(place: P, row: string): void {
    // No UTF-16 unit takes more than three bytes.
    const needed = this.bytes + row.length * 3;
    if (needed > this.#space.length) this.#grow(needed);
    const begin = this.bytes;
    this.bytes += this.#space.write(row, begin, 'utf8');
    this.records++;
    if (this.#last?.place === place) this.#last.stretches[this.#last.stretches.length - 1] = this.bytes;
    else this.#stretch(place, begin);
  }

  /** The rows for a place as they go to the file; valid until the next `add` or `clear`. */
  contentFor(place: P): Uint8Array {
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
    this.#last = undefined;
    if (this.#space.length > worthKeeping) this.#space = Buffer.allocUnsafeSlow(firstBytes);
  }

  #stretch(place: P, begin: number): void {
    const stretches = this.#stretches.get(place) ?? [];
    stretches.push(begin, this.bytes);
    this.#stretches.set(place, stretches);
    this.#last = { place, stretches };
  }

  #grow(needed: number): void {
    const space = Buffer.allocUnsafeSlow(Math.max(needed, this.#space.length * 2));
    this.#space.copy(space, 0, 0, this.bytes);
    this.#space = space;
  }
}
