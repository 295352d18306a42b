import { stat } from 'node:fs/promises';
import type { Position, Positions } from '../../core/batch.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { Cuts, Format, Splitter, SplitterState } from '../../core/format.ts';
import type { SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';
import { FileBatch } from './file-batch.ts';
import { fileError } from './file-error.ts';
import { type FilePosition, filePosition } from './file-position.ts';
import { OpenFile } from './open-file.ts';

const where = 'fromFile';
const partition = '0';
const chunkBytes = 64 * 1024;
const beginning: SplitterState = { offset: 0, line: 1 };

/** Reads files one after the other, chunk by chunk as they are asked for. */
export class FileReader<T> implements SourceReader<T> {
  readonly #paths: readonly string[];
  readonly #splitterOf: NonNullable<Format<T>['splitter']>;
  readonly #request: SourceRequest;
  readonly #chunk = new Uint8Array(chunkBytes);
  #position: FilePosition | undefined;
  /** Sizes of the files, once somebody has looked. */
  #sizes: readonly number[] | undefined;
  /** Which file is read, or is the next to be opened. */
  #turn = 0;
  #file: OpenFile | undefined;
  #splitter: Splitter<T> | undefined;
  #pending: Promise<unknown> = Promise.resolve();
  #finished = false;

  constructor(paths: readonly string[], splitterOf: NonNullable<Format<T>['splitter']>, request: SourceRequest) {
    this.#paths = paths;
    this.#splitterOf = splitterOf;
    this.#request = request;
  }

  async next(): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    const { signal } = this.#request;
    if (this.#finished || signal.aborted) return { done: true, value: undefined };
    const work = this.#advance();
    // Whoever closes waits for it, and wants to know nothing of how it ended.
    this.#pending = work.catch(() => undefined);
    try {
      const event = await unlessAborted(work, signal);
      this.#finished = event === undefined || event.kind === 'ended';
      return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
    } catch (cause) {
      this.#finished = true;
      throw cause;
    }
  }

  /** A file keeps what has been read. */
  async commit(_positions: Positions): Promise<void> {}

  progress(): { readonly done: number; readonly total: number; readonly unit: string } {
    const sizes = this.#sizes ?? [];
    const before = sum(sizes.slice(0, this.#turn));
    const done = before + (this.#splitter?.state().offset ?? 0);
    return { done, total: Math.max(done, sum(sizes)), unit: 'bytes' };
  }

  async close(): Promise<void> {
    this.#finished = true;
    await this.#pending;
    await this.#closeFile();
  }

  async #advance(): Promise<SourceEvent<T>> {
    if (this.#sizes === undefined) {
      await this.#look();
      return { kind: 'opened', positions: { [partition]: this.#request.positions[partition] ?? {} } };
    }
    while (this.#turn < this.#paths.length) {
      const batch = await this.#read(this.#paths[this.#turn] as string);
      if (batch !== undefined) return { kind: 'batch', batch };
      // Many chunks may pass without a record: one line of gigabytes.
      this.#request.signal.throwIfAborted();
    }
    return { kind: 'ended', partition };
  }

  /** All files must be there before the first record is handed out, not only when it is their turn. */
  async #look(): Promise<void> {
    const position: Position | undefined = this.#request.positions[partition];
    // An empty one stands in front of the first record.
    if (position !== undefined && Object.keys(position).length > 0) this.#position = filePosition(where, position);
    this.#turn = this.#position === undefined ? 0 : this.#paths.indexOf(this.#position.path);
    if (this.#turn < 0) {
      const what = `the position to go on from is in "${this.#position?.path}", which is not among the files`;
      throw new ConnectorError(where, what, { retryable: false });
    }
    const sizes: number[] = [];
    // Files that are done may be gone.
    for (const [turn, path] of this.#paths.entries()) sizes.push(turn < this.#turn ? 0 : await sizeOf(path));
    this.#sizes = sizes;
  }

  /** One chunk of the file whose turn it is; nothing where that made no record. */
  async #read(path: string): Promise<FileBatch<T> | undefined> {
    try {
      const file = (this.#file ??= await this.#open(path));
      const splitter = (this.#splitter ??= this.#splitterOf({ fields: this.#request.fields, state: this.#state() }));
      const before = splitter.state();
      const cuts: Cuts<T> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
      const bytes = await file.read(where, this.#chunk);
      if (bytes > 0) splitter.push(this.#chunk.subarray(0, bytes), cuts);
      else splitter.end(cuts);
      const place = { partition, path, fingerprint: file.fingerprint, before, after: splitter.state() };
      if (bytes === 0) await this.#nextFile();
      return cuts.records.length + cuts.broken.length === 0 ? undefined : new FileBatch(place, cuts);
    } catch (cause) {
      throw fileError(where, 'read', path, cause);
    }
  }

  #open(path: string): Promise<OpenFile> {
    return OpenFile.open(where, path, this.#position);
  }

  #state(): SplitterState {
    return this.#position?.state ?? beginning;
  }

  async #nextFile(): Promise<void> {
    await this.#closeFile();
    this.#position = undefined;
    this.#splitter = undefined;
    this.#turn++;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (cause) {
    throw fileError(where, 'read', path, cause);
  }
  throw new ConnectorError(where, `"${path}" is not a file`, { retryable: false });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** What the work comes to, or nothing as soon as the signal is given; the work itself goes on. */
function unlessAborted<V>(work: Promise<V>, signal: AbortSignal): Promise<V | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    const settled = work.then(resolve, reject);
    void settled.finally(() => signal.removeEventListener('abort', abort));
  });
}
