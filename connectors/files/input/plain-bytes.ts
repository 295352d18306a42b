import type { FileHandle } from 'node:fs/promises';
import type { ByteStream } from './byte-stream.ts';
import { changedFile } from './changed-file.ts';
import type { FilePosition } from './file-position.ts';
import { digest, digestLength, type Head, headBytes, markBytes } from './fingerprint.ts';

/**
 * The bytes of a file as they are. Each read begins some bytes earlier than it must: where these are not what they were,
 * the file was cut or written anew, which its size alone does not show.
 */
export class PlainBytes implements ByteStream {
  offset = 0;
  readonly #where: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #chunk: Uint8Array;
  /** What was read last: in the same memory each time, for there are many chunks. */
  #tail: Uint8Array = new Uint8Array(0);
  readonly #tailSpace = new Uint8Array(markBytes);

  /** `chunk`: where the bytes are put, and in front of them those that are read again; whoever shares it takes turns. */
  constructor(where: string, path: string, handle: FileHandle, chunk: Uint8Array) {
    this.#where = where;
    this.#path = path;
    this.#handle = handle;
    this.#chunk = chunk;
  }

  get progress(): number {
    return this.offset;
  }

  async next(): Promise<Uint8Array> {
    const chunk = this.#chunk;
    const known = this.#tail.length;
    const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length - markBytes + known, this.offset - known);
    if (bytesRead < known) await this.#refuseShorter(this.offset);
    if (!isSame(this.#tail, chunk.subarray(0, known))) throw this.#changed(`the bytes before byte ${this.offset}`);
    const bytes = chunk.subarray(known, bytesRead);
    if (bytes.length === 0) return bytes;
    this.offset += bytes.length;
    this.#keep(chunk.subarray(Math.max(0, bytesRead - markBytes), bytesRead));
    return bytes;
  }

  async goTo({ fingerprint, mark, state }: FilePosition, head: Head): Promise<void> {
    const { offset } = state;
    await this.#refuseShorter(offset);
    head.add(await this.#at(0, Math.min(headBytes, offset)));
    if (head.fingerprint(digestLength(fingerprint)) !== fingerprint) {
      throw this.#changed(`its first ${digestLength(fingerprint)} bytes`);
    }
    const marked = digestLength(mark.digest);
    if (digest(await this.#at(mark.offset - marked, marked)) !== mark.digest) {
      throw this.#changed(`the ${marked} bytes before byte ${mark.offset}`);
    }
    const known = Math.min(markBytes, offset);
    this.#keep(await this.#at(offset - known, known));
    this.offset = offset;
  }

  async stillBegins(head: Head): Promise<boolean> {
    return isSame(head.bytes, await this.#at(0, head.length));
  }

  #keep(bytes: Uint8Array): void {
    this.#tail = this.#tailSpace.subarray(0, bytes.length);
    this.#tail.set(bytes);
  }

  async #at(offset: number, length: number): Promise<Uint8Array> {
    const { buffer, bytesRead } = await this.#handle.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  }

  async #refuseShorter(offset: number): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size >= offset) return;
    const what = `"${this.#path}" is shorter (${size} bytes) than what was read of it (${offset}): it was cut or replaced`;
    throw changedFile(this.#where, what);
  }

  #changed(which: string): Error {
    return changedFile(this.#where, `"${this.#path}" is not the file that was read: ${which} are others`);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
