import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ConnectorError } from '../../../core/errors.ts';
import type { ByteStream } from './byte-stream.ts';
import type { Compression } from './compression.ts';
import { fileError } from '../file-error.ts';
import { inodeOf, noFile } from './file-stats.ts';
import type { FilePosition } from './file-position.ts';
import { Head } from './fingerprint.ts';
import { PackedBytes, type PackedRequest } from './packed-bytes.ts';
import { PlainBytes } from './plain-bytes.ts';

/** What all files of one reader share. */
export interface FileRequest extends PackedRequest {
  readonly where: string;
  /** Where bytes are put that are read. */
  readonly chunk: Uint8Array;
}

/** A file that is read, from its beginning or from a position on. */
export class OpenFile {
  readonly path: string;
  readonly inode: string;
  readonly isPacked: boolean;
  readonly head: Head = new Head();
  /** Bytes on the disk, when somebody last looked. */
  size: bigint;
  /** When it was last written to, when somebody last looked: in nanoseconds. */
  modified: bigint;
  readonly #request: FileRequest;
  readonly #handle: FileHandle;
  readonly #bytes: ByteStream & { close?(): void };
  #isOver = false;

  private constructor(
    path: string,
    compression: Compression,
    handle: FileHandle,
    stats: BigIntStats,
    request: FileRequest,
  ) {
    const { where, chunk } = request;
    this.path = path;
    this.inode = inodeOf(stats);
    this.size = stats.size;
    this.modified = stats.mtimeNs;
    this.#request = request;
    this.#handle = handle;
    this.isPacked = compression !== 'none';
    this.#bytes =
      compression === 'none'
        ? new PlainBytes(where, path, handle, chunk)
        : new PackedBytes(where, path, handle, compression, request);
  }

  /** Opens it at a position, if it still is the file that was read up to there. */
  static async open(
    path: string,
    compression: Compression,
    request: FileRequest,
    position?: FilePosition,
  ): Promise<OpenFile> {
    let handle: FileHandle | undefined;
    let file: OpenFile | undefined;
    try {
      handle = await open(path, 'r');
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw noFile(request.where, path);
      file = new OpenFile(path, compression, handle, stats, request);
      if (position !== undefined) await file.#bytes.goTo(position, file.head);
      return file;
    } catch (cause) {
      await (file?.close() ?? handle?.close());
      throw fileError(request.where, 'read', path, cause);
    }
  }

  /** Byte at which the next read begins. */
  get offset(): number {
    return this.#bytes.offset;
  }

  /** Bytes of `size` that have been read. */
  get progress(): number {
    return this.#bytes.progress;
  }

  /** Whether all of it has been read. Of a packed file nobody knows before its end was met. */
  get isAtEnd(): boolean {
    return this.#isOver || (!this.isPacked && BigInt(this.offset) >= this.size);
  }

  /** The next bytes, none at the end; valid until the next call to any file of this reader. */
  async next(): Promise<Uint8Array> {
    try {
      const isBeginning = this.offset < 2;
      const bytes = await this.#bytes.next();
      this.#isOver = bytes.length === 0;
      this.head.add(bytes);
      if (isBeginning) this.#refuseUtf16();
      return bytes;
    } catch (cause) {
      throw fileError(this.#request.where, 'read', this.path, cause);
    }
  }

  stats(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
  }

  /** Whether it still begins as it did; then it takes its new stats over. */
  async isStill({ mtimeNs, size }: BigIntStats): Promise<boolean> {
    if (mtimeNs === this.modified && size === this.size) return true;
    if (!(await this.#bytes.stillBegins(this.head))) return false;
    this.size = size;
    this.modified = mtimeNs;
    return true;
  }

  async close(): Promise<void> {
    this.#bytes.close?.();
    await this.#handle.close();
  }

  #refuseUtf16(): void {
    const [first = 0, second = 0] = this.head.bytes;
    const mark = first * 256 + second;
    if (mark !== 0xfeff && mark !== 0xfffe) return;
    const what = `"${this.path}" is UTF-16, as its byte order mark says, and only UTF-8 is read; \`iconv -f utf-16 -t utf-8\` makes it that`;
    throw new ConnectorError(this.#request.where, what, { retryable: false });
  }
}
