import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ConnectorError } from '../../../core/errors.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { withFile } from '../disk/with-file.ts';

/** In which a header may stand. */
const beginningBytes = 64 * 1024;
const chunkBytes = 256 * 1024;

/** What has to be known of a file of somebody else's to write behind it. */
export interface ForeignFile {
  readonly beginning: Uint8Array;
  /** What its last line lacks: without it the first row would be glued to a torn one. */
  readonly lineEnd: '' | '\n';
}

export async function foreignFile(disk: Disk, path: string, size: number): Promise<ForeignFile> {
  if (size === 0) return { beginning: new Uint8Array(), lineEnd: '' };
  return await withFile(disk, path, 'read', (file) =>
    path.endsWith('.gz') ? packed(path, file, size) : plain(file, size),
  );
}

async function plain(file: DiskFile, size: number): Promise<ForeignFile> {
  const beginning = await readAt(file, 0, Math.min(size, beginningBytes));
  const last = await readAt(file, size - 1, 1);
  return { beginning, lineEnd: last[0] === 0x0a ? '' : '\n' };
}

/** Reads all of it: behind a member that is torn, or bytes that are none, no reader would find what is written. */
async function packed(path: string, file: DiskFile, size: number): Promise<ForeignFile> {
  const gunzip = createGunzip();
  const beginning: Buffer[] = [];
  let known = 0;
  let last = 0x0a;
  try {
    await pipeline(chunksOf(file, size), gunzip, async (unpacked: AsyncIterable<Buffer>) => {
      for await (const bytes of unpacked) {
        if (known < beginningBytes) beginning.push(bytes.subarray(0, beginningBytes - known));
        known += bytes.length;
        last = bytes.at(-1) ?? last;
      }
    });
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (gunzip.bytesWritten !== size) throw unreadable(path, undefined);
  return { beginning: Buffer.concat(beginning), lineEnd: last === 0x0a ? '' : '\n' };
}

function unreadable(path: string, cause: unknown): ConnectorError {
  const what = `"${path}" does not end with a whole gzip member, and no reader would find what is written behind it`;
  return new ConnectorError('toFile', what, { cause, retryable: false });
}

async function* chunksOf(file: DiskFile, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < size; at += chunkBytes) yield await readAt(file, at, Math.min(chunkBytes, size - at));
}

async function readAt(file: DiskFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  for (let more = -1; done < length && more !== 0; done += more)
    more = await file.read(bytes.subarray(done), offset + done);
  return bytes.subarray(0, done);
}
