/** A buffer that is larger than this and nearly empty is given back. */
const worthKeeping = 1 << 20;

/** Bytes that wait for the rest of their record: chunks are appended, and what is done is dropped from the front. */
export class HeldBytes {
  /** Valid up to `length`, until the next call. */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;

  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    // Doubling: a record of a thousand chunks is copied ten times, not a thousand.
    if (needed > this.bytes.length) this.#move(Math.max(needed, this.bytes.length * 2));
    this.bytes.set(chunk, this.length);
    this.length = needed;
  }

  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    if (this.bytes.length > worthKeeping && this.length < this.bytes.length / 8) this.#move(this.length * 2);
  }

  #move(size: number): void {
    const moved = new Uint8Array(size);
    moved.set(this.bytes.subarray(0, this.length));
    this.bytes = moved;
  }
}
