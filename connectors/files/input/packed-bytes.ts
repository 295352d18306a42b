import type { FileHandle } from 'node:fs/promises';
import { ConnectorError } from '../../../core/errors.ts';
import type { ByteStream } from './byte-stream.ts';
import { changedFile } from './changed-file.ts';
import { type Compression, zstdUnpackers } from './compression.ts';
import { codeOf } from '../file-error.ts';
import type { FilePosition } from './file-position.ts';
import { digest, digestLength, type Head, markBytes } from './fingerprint.ts';
import { GzipMembers } from './gzip-members.ts';
import { CutShort, Damaged } from './packed-faults.ts';
import { PackedInput } from './packed-input.ts';
import { unpackerOptions } from './unpacker.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Who is told what, and what stops a long way to a position. */
export interface PackedRequest {
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

/** The bytes of a packed file, unpacked. A position is gone to by reading everything before it. */
export class PackedBytes implements ByteStream {
  offset = 0;
  readonly #where: string;
  readonly #path: string;
  readonly #compression: Compression;
  readonly #input: PackedInput;
  readonly #request: PackedRequest;
  readonly #unpacking: { next(): Promise<Uint8Array>; close(): void };
  /** What was unpacked and stands behind a position that was gone to. */
  #ahead: Uint8Array | undefined;
  #isOver = false;

  constructor(where: string, path: string, handle: FileHandle, compression: Compression, request: PackedRequest) {
    this.#where = where;
    this.#path = path;
    this.#compression = compression;
    this.#request = request;
    this.#input = new PackedInput(handle);
    this.#unpacking =
      compression === 'gzip'
        ? new GzipMembers(this.#input)
        : new ZstdFrames(this.#input, zstdUnpackers(where, path, unpackerOptions));
  }

  get progress(): number {
    return this.#input.used;
  }

  async next(): Promise<Uint8Array> {
    const bytes = this.#ahead ?? (await this.#unpack());
    this.#ahead = undefined;
    this.offset += bytes.length;
    if (bytes.length === 0 && !this.#isOver) await this.#lookBehindTheEnd();
    return bytes;
  }

  async goTo({ fingerprint, mark, state }: FilePosition, head: Head): Promise<void> {
    const tail = await this.#readTo(mark.offset, head);
    const marked = digestLength(mark.digest);
    const isMarked = digest(tail.subarray(tail.length - marked)) === mark.digest;
    await this.#readTo(state.offset, head);
    if (isMarked && head.fingerprint(digestLength(fingerprint)) === fingerprint) return;
    throw changedFile(this.#where, `"${this.#path}" is not the file that was read: it has other bytes`);
  }

  stillBegins(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {
    this.#unpacking.close();
  }

  /** Answers the last bytes before `stop`. */
  async #readTo(stop: number, head: Head): Promise<Uint8Array> {
    let tail = Buffer.alloc(0);
    while (this.offset < stop) {
      this.#request.signal.throwIfAborted();
      const bytes = await this.next();
      if (bytes.length === 0) {
        const what = `"${this.#path}" is shorter (${this.offset} bytes unpacked) than what was read of it (${stop})`;
        throw changedFile(this.#where, what);
      }
      const over = Math.max(0, this.offset - stop);
      const used = bytes.subarray(0, bytes.length - over);
      if (over > 0) this.#ahead = bytes.subarray(used.length);
      this.offset -= over;
      head.add(used);
      tail = Buffer.concat([tail, used.subarray(-markBytes)]).subarray(-markBytes);
    }
    return tail;
  }

  async #unpack(): Promise<Uint8Array> {
    if (this.#isOver) return new Uint8Array(0);
    try {
      return await this.#unpacking.next();
    } catch (cause) {
      const isCut = cause instanceof CutShort || codeOf(cause) === 'Z_BUF_ERROR';
      const isKnown = isCut || cause instanceof Damaged || /^(Z_|ZSTD_)/.test(codeOf(cause) ?? '');
      if (!isKnown) throw cause;
      const why = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
      const fault = isCut ? 'it ends in the middle: it was cut short' : `it is damaged${why}`;
      const what = `"${this.#path}" is no whole ${this.#compression} file, ${fault} (behind ${this.offset} bytes unpacked)`;
      throw new ConnectorError(this.#where, what, { cause, retryable: false });
    }
  }

  /** Zeros fill up blocks of tapes; anything else was meant to be read by somebody. */
  async #lookBehindTheEnd(): Promise<void> {
    this.#isOver = true;
    const end = this.#input.used;
    for (let bytes = await this.#input.take(); bytes.length > 0; bytes = await this.#input.take()) {
      if (bytes.every((byte) => byte === 0)) continue;
      const what = `"${this.#path}" goes on behind the end of its ${this.#compression} data, at byte ${end}: that was not read`;
      this.#request.warn(what);
      return;
    }
  }
}
