import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ConnectorError } from '../../core/errors.ts';
import type { FilePosition } from './file-position.ts';

/** Bytes at the beginning of a file by which it is known again; fewer in a shorter file. */
const fingerprinted = 1024;

/** A file that is read: its handle, and where the next read begins. */
export class OpenFile {
  readonly path: string;
  /** How the file begins, told when the first bytes of it have been read. */
  fingerprint: string;
  offset: number;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, position: FilePosition | undefined) {
    this.path = path;
    this.#handle = handle;
    this.offset = position?.state.offset ?? 0;
    this.fingerprint = position?.fingerprint ?? '';
  }

  /** Opens it at a position, if it still is the file that was read up to there. */
  static async open(where: string, path: string, position: FilePosition | undefined): Promise<OpenFile> {
    const handle = await open(path, 'r');
    try {
      if (position !== undefined) await check(where, handle, position);
    } catch (cause) {
      await handle.close();
      throw cause;
    }
    return new OpenFile(path, handle, position);
  }

  /** Reads on into `chunk`; how many bytes there were, 0 at the end. */
  async read(where: string, chunk: Uint8Array): Promise<number> {
    const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, this.offset);
    if (this.fingerprint === '' && bytesRead > 0) this.fingerprint = fingerprintOf(chunk.subarray(0, bytesRead));
    if (bytesRead === 0) shorterThan(where, this.path, await sizeOf(this.#handle), this.offset);
    this.offset += bytesRead;
    return bytesRead;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function check(where: string, handle: FileHandle, position: FilePosition): Promise<void> {
  const { path, fingerprint, state } = position;
  shorterThan(where, path, await sizeOf(handle), state.offset);
  const length = Number.parseInt(fingerprint, 10);
  if (!(length > 0)) return;
  const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0);
  if (fingerprintOf(buffer.subarray(0, bytesRead)) === fingerprint) return;
  const what = `"${path}" is not the file that was read: its first ${length} bytes are others`;
  throw new ConnectorError(where, what, { retryable: false });
}

function shorterThan(where: string, path: string, size: number, offset: number): void {
  if (size >= offset) return;
  const what = `"${path}" is shorter (${size} bytes) than what was read of it (${offset}): it was cut or replaced`;
  throw new ConnectorError(where, what, { retryable: false });
}

async function sizeOf(handle: FileHandle): Promise<number> {
  return (await handle.stat()).size;
}

function fingerprintOf(beginning: Uint8Array): string {
  const bytes = beginning.subarray(0, fingerprinted);
  return `${bytes.length}:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}
