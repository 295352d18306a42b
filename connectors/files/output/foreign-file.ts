import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ConnectorError } from '../../../core/errors.ts';
import type { Splitter } from '../../../core/format.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { withFile } from '../disk/with-file.ts';

/** In which a header may stand. */
const beginningBytes = 64 * 1024;
const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;

/** What has to be known of a file of somebody else's to write behind it. */
export interface ForeignFile {
  readonly beginning: Uint8Array;
  /** What its last line lacks: without it the first row would be glued to a torn one. */
  readonly lineEnd: '' | '\n';
}

/** `splitter`: reads all of it, to say whether its last record is complete. */
export async function foreignFile(
  disk: Disk,
  path: string,
  size: number,
  splitter: Splitter<unknown> | undefined,
): Promise<ForeignFile> {
  if (size === 0) return { beginning: new Uint8Array(), lineEnd: '' };
  const content = new FileContent(path, splitter);
  await withFile(disk, path, 'read', async (file) => {
    if (path.endsWith('.gz')) await unpack(path, file, size, content);
    else if (splitter !== undefined) for await (const bytes of chunksOf(file, size)) content.take(bytes);
    else {
      content.take(await readAt(file, 0, Math.min(size, beginningBytes)));
      content.take(await readAt(file, size - 1, 1));
    }
  });
  return content.found();
}

/** Looks at the content of a file as it passes by. */
class FileContent {
  readonly #path: string;
  readonly #splitter: Splitter<unknown> | undefined;
  readonly #beginning: Uint8Array[] = [];
  #known = 0;
  #last = lineFeed;

  constructor(path: string, splitter: Splitter<unknown> | undefined) {
    this.#path = path;
    this.#splitter = splitter;
  }

  take(bytes: Uint8Array): void {
    const wanted = beginningBytes - this.#known;
    if (wanted > 0) this.#beginning.push(Uint8Array.from(bytes.subarray(0, wanted)));
    this.#known += bytes.length;
    this.#last = bytes.at(-1) ?? this.#last;
    this.#split(bytes);
  }

  found(): ForeignFile {
    const lineEnd = this.#last === lineFeed ? '' : '\n';
    // With the end of its line the last record ends, or what comes behind becomes part of it.
    this.#split(Buffer.from(lineEnd));
    if (this.#splitter !== undefined && this.#splitter.held > 0) {
      const { line } = this.#splitter.state();
      const what = `"${this.#path}" ends within the record that begins on line ${line}, and what is written behind it would become part of that`;
      throw new ConnectorError('toFile', what, { retryable: false });
    }
    return { beginning: Buffer.concat(this.#beginning), lineEnd };
  }

  #split(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#splitter?.push(bytes, { records: [], ends: [], lines: [], nextLines: [], broken: [] });
  }
}

/** Reads all of it: behind a member that is torn, or bytes that are none, no reader would find what is written. */
async function unpack(path: string, file: DiskFile, size: number, content: FileContent): Promise<void> {
  const gunzip = createGunzip();
  try {
    await pipeline(chunksOf(file, size), gunzip, async (unpacked: AsyncIterable<Buffer>) => {
      for await (const bytes of unpacked) content.take(bytes);
    });
  } catch (cause) {
    throw cause instanceof ConnectorError ? cause : unreadable(path, cause);
  }
  if (gunzip.bytesWritten !== size) throw unreadable(path, undefined);
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
