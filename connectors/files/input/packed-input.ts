import type { FileHandle } from 'node:fs/promises';
import { CutShort } from './packed-faults.ts';

const inputBytes = 64 * 1024;

/** A packed file as it lies on the disk, read as far as somebody needs it. */
export class PackedInput {
  readonly #handle: FileHandle;
  readonly #buffer = new Uint8Array(inputBytes);
  #from = 0;
  #to = 0;
  #read = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Bytes of the file that are used. */
  get used(): number {
    return this.#read - (this.#to - this.#from);
  }

  /** What is at hand, at least one byte; none at the end. Valid until the next call. */
  async take(): Promise<Uint8Array> {
    if (!(await this.#fill())) return this.#buffer.subarray(0, 0);
    const taken = this.#buffer.subarray(this.#from, this.#to);
    this.#from = this.#to;
    return taken;
  }

  /** The last `count` bytes that were taken. */
  giveBack(count: number): void {
    this.#from -= count;
    if (this.#from >= 0) return;
    // Some of it stood at the end of the buffer before this one.
    this.#read = this.used;
    this.#from = 0;
    this.#to = 0;
  }

  async byte(): Promise<number | undefined> {
    return (await this.#fill()) ? this.#buffer[this.#from++] : undefined;
  }

  /** The next bytes, fewer at the end; a copy. */
  async upTo(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count);
    for (let at = 0; at < count; at++) {
      const byte = await this.byte();
      if (byte === undefined) return taken.subarray(0, at);
      taken[at] = byte;
    }
    return taken;
  }

  /** So many bytes, a copy; or the file was cut short. */
  async exactly(count: number): Promise<Uint8Array> {
    const bytes = await this.upTo(count);
    if (bytes.length < count) throw new CutShort();
    return bytes;
  }

  async #fill(): Promise<boolean> {
    if (this.#from < this.#to) return true;
    const { bytesRead } = await this.#handle.read(this.#buffer, 0, inputBytes, this.#read);
    this.#read += bytesRead;
    this.#from = 0;
    this.#to = bytesRead;
    return bytesRead > 0;
  }
}

/** A number whose lowest byte comes first. */
export function numberIn(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
