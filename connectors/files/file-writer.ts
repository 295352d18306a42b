import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConnectorError } from '../../core/errors.ts';
import type { Encoder } from '../../core/format.ts';
import type { SinkState, SinkWriter } from '../../core/sink.ts';
import { codeOf, fileError } from './file-error.ts';
import type { Output } from './open-output.ts';
import { RowBuffer } from './row-buffer.ts';

const where = 'toFile';

/** Writes encoded rows at places in the file that it keeps count of: what failed is written again at the same place. */
export class FileWriter<T> implements SinkWriter<T> {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #encoder: Encoder<T>;
  /** Bytes of the file that are as they must be. */
  #length: number;
  /** What stands in front of the first row: nothing once one has been taken. */
  #lead: string | undefined;
  #isEmpty: boolean;
  #filling = new RowBuffer();
  /** What a send has taken on. It keeps its rows until all of them are in the file. */
  #sending = new RowBuffer();
  #folderIsDurable = false;
  /** Why `fsync` failed: the system may have forgotten what it could not write, so a second one proves nothing. */
  #unsynced: ConnectorError | undefined;
  #closed = false;

  constructor(output: Output<T>) {
    this.#path = output.path;
    this.#handle = output.handle;
    this.#encoder = output.encoder;
    this.#length = output.length;
    this.#isEmpty = output.length === 0;
    this.#lead = output.lineEnd;
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    const { records, bytes } = this.#sending;
    return { records: this.#filling.records + records, bytes: this.#filling.bytes + bytes };
  }

  /** @throws TypeError where the format cannot write the row: it is the row that is wrong, nothing was taken. */
  write(row: T, _timestamp: number): void {
    if (this.#lead === undefined) {
      this.#filling.add(this.#encoder.row(row));
      return;
    }
    const head = this.#isEmpty ? this.#encoder.head(row) : '';
    this.#filling.add(this.#lead + head + this.#encoder.row(row));
    this.#lead = undefined;
  }

  async send(): Promise<void> {
    if (this.#unsynced !== undefined) throw this.#unsynced;
    // At once: what is written from now on belongs behind the cut that may be under way.
    if (this.#sending.records > 0) this.#sending.takeFrom(this.#filling);
    else [this.#sending, this.#filling] = [this.#filling, this.#sending];
    try {
      await writeAll(this.#handle, this.#sending.content, this.#length);
    } catch (cause) {
      throw fileError(where, 'write', this.#path, cause);
    }
    this.#length += this.#sending.bytes;
    this.#sending.clear();
  }

  async cut(_checkpoint: string): Promise<SinkState> {
    await this.send();
    try {
      await this.#handle.sync();
      if (!this.#folderIsDurable) await syncFolder(dirname(this.#path));
      this.#folderIsDurable = true;
    } catch (cause) {
      this.#unsynced = fileError(where, 'write', this.#path, cause);
      throw this.#unsynced;
    }
    return { path: this.#path, bytes: this.#length };
  }

  /** A file follows: it is cut to the length of whatever checkpoint is decided. */
  async commit(_checkpoint: string): Promise<void> {}

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw new ConnectorError('write', 'nothing more was taken', { retryable: true });
    done += bytesWritten;
  }
}

/** Until its folder is written a new file may be gone after a power cut. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch (cause) {
    // Windows has no such thing, and some file systems neither: what they refuse is not needed there.
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(codeOf(cause) ?? '')) throw cause;
  } finally {
    await folder?.close();
  }
}
