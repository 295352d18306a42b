/** A buffer that grew beyond this for a burst of rows is not kept. */
const worthKeeping = 1 << 20;

/** Encoded rows in the order they came. */
export class RowBuffer {
  records = 0;
  bytes = 0;
  #space = Buffer.allocUnsafeSlow(64 * 1024);

  /** The rows as they go to the file; valid until the next `add` or `clear`. */
  get content(): Uint8Array {
    return this.#space.subarray(0, this.bytes);
  }

  add(row: string): void {
    // No UTF-16 unit takes more than three bytes.
    const needed = this.bytes + row.length * 3;
    if (needed > this.#space.length) this.#grow(needed);
    this.bytes += this.#space.write(row, this.bytes, 'utf8');
    this.records++;
  }

  /** Takes over the rows of another, behind its own. */
  takeFrom(other: RowBuffer): void {
    const needed = this.bytes + other.bytes;
    if (needed > this.#space.length) this.#grow(needed);
    this.#space.set(other.content, this.bytes);
    this.bytes = needed;
    this.records += other.records;
    other.clear();
  }

  clear(): void {
    this.records = 0;
    this.bytes = 0;
    if (this.#space.length > worthKeeping) this.#space = Buffer.allocUnsafeSlow(64 * 1024);
  }

  #grow(needed: number): void {
    const space = Buffer.allocUnsafeSlow(Math.max(needed, this.#space.length * 2));
    this.#space.copy(space, 0, 0, this.bytes);
    this.#space = space;
  }
}
