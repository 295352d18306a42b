import type { Position } from '../../../core/batch.ts';
import { ConnectorError } from '../../../core/errors.ts';
import { type CompressionOption, compressionOf } from './compression.ts';
import type { FileBatch } from './file-batch.ts';
import { type CutterRequest, FileCutter } from './file-cutter.ts';
import { type FilePosition, filePosition } from './file-position.ts';
import { type FileRequest, OpenFile } from './open-file.ts';
import type { PartitionReader, Progress } from './partition-reader.ts';
import { sizeOfFile, statsAt } from './file-stats.ts';

export interface SequenceRequest<T> extends CutterRequest<T>, FileRequest {
  readonly paths: readonly string[];
  /** Whether they are what matches a pattern: then another time others may. */
  readonly areMatches: boolean;
  readonly compression: CompressionOption;
  readonly position: Position | undefined;
}

/** Reads files one after the other, each to its end. */
export class SequenceReader<T> implements PartitionReader<T> {
  readonly partition: string;
  readonly position: Position;
  readonly #request: SequenceRequest<T>;
  readonly #sizes: readonly number[];
  /** Where the file begins whose turn it is: its own beginning where there is nothing. */
  #begin: FilePosition | undefined;
  /** Which file is read, or is the next to be opened. */
  #turn: number;
  #cutter: FileCutter<T> | undefined;

  private constructor(
    request: SequenceRequest<T>,
    begin: FilePosition | undefined,
    turn: number,
    sizes: readonly number[],
  ) {
    this.partition = request.partition;
    this.position = request.position ?? {};
    this.#request = request;
    this.#begin = begin;
    this.#turn = turn;
    this.#sizes = sizes;
  }

  /** All files must be there before the first record is handed out, not only when it is their turn. */
  static async open<T>(request: SequenceRequest<T>): Promise<SequenceReader<T>> {
    const { where, paths } = request;
    const position = filePosition(where, request.position);
    if (position === undefined) return new SequenceReader(request, undefined, 0, await sizesFrom(0, request));
    const { path, isAtEnd } = position;
    const at = paths.indexOf(path);
    if (at < 0 && !(isAtEnd && request.areMatches)) {
      const what = `the position to go on from is in "${path}", which is not among the files`;
      throw new ConnectorError(where, what, { retryable: false });
    }
    // What was read to its end may be gone.
    if (at >= 0 && !(isAtEnd && (await statsAt(where, path)) === undefined)) {
      return new SequenceReader(request, position, at, await sizesFrom(at, request));
    }
    const next = paths.findIndex((each) => each > path);
    const turn = next < 0 ? paths.length : next;
    return new SequenceReader(request, undefined, turn, await sizesFrom(turn, request));
  }

  get progress(): Progress {
    const done = sum(this.#sizes.slice(0, this.#turn)) + (this.#cutter?.file.progress ?? 0);
    return { done, total: Math.max(done, sum(this.#sizes)) };
  }

  async read(): Promise<FileBatch<T> | 'ended'> {
    for (let path = this.#path; path !== undefined; path = this.#path) {
      const batch = await this.#readFrom(path);
      if (batch !== undefined) return batch;
      // Many chunks may pass without a record: one line of gigabytes.
      this.#request.signal.throwIfAborted();
    }
    return 'ended';
  }

  async close(): Promise<void> {
    const cutter = this.#cutter;
    this.#cutter = undefined;
    await cutter?.file.close();
  }

  get #path(): string | undefined {
    return this.#request.paths[this.#turn];
  }

  async #readFrom(path: string): Promise<FileBatch<T> | undefined> {
    const cutter = (this.#cutter ??= await this.#open(path));
    const batch = await cutter.next();
    if (batch !== 'at the end') return batch === 'no record' ? undefined : batch;
    const last = cutter.end();
    if (cutter.isEnding) return last;
    await this.close();
    this.#begin = undefined;
    this.#turn++;
    return last;
  }

  async #open(path: string): Promise<FileCutter<T>> {
    const compression = compressionOf(path, this.#request.compression);
    const file = await OpenFile.open(path, compression, this.#request, this.#begin);
    return new FileCutter(this.#request, path, file, this.#begin);
  }
}

/** Files before that one are done. */
async function sizesFrom<T>(turn: number, { where, paths }: SequenceRequest<T>): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (const [index, path] of paths.entries()) sizes.push(index < turn ? 0 : await sizeOfFile(where, path));
  return sizes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
