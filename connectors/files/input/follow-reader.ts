import type { BigIntStats } from 'node:fs';
import type { Position } from '../../../core/batch.ts';
import type { FileBatch } from './file-batch.ts';
import { isChanged } from './changed-file.ts';
import { type CutterRequest, FileCutter } from './file-cutter.ts';
import { type FilePosition, filePosition, positionOf } from './file-position.ts';
import type { PathsInOrder } from './followed-paths.ts';
import { inodeOf, statsAt } from './file-stats.ts';
import { findAgain, hasYoungCopies, openAt } from './generations.ts';
import type { FileRequest, OpenFile } from './open-file.ts';
import { LeftFile } from './left-file.ts';
import type { PartitionReader, Progress } from './partition-reader.ts';
import { Succession, type Successor } from './succession.ts';

export interface FollowRequest<T> extends CutterRequest<T>, FileRequest {
  readonly paths: PathsInOrder;
  readonly position: Position | undefined;
}

/** Looks that must find nothing before a file is left: writers do not all go on to the next one at the same moment. */
const looksBefore = { current: 3, older: 1, nothing: 50 };

/**
 * Follows a path, or several one after the other, as `tail -F` does: a file is read to its end, and when something has been
 * written to a later one it is read to its end once more, and left.
 */
export class FollowReader<T> implements PartitionReader<T> {
  readonly partition: string;
  position: Position;
  readonly #request: FollowRequest<T>;
  readonly #succession: Succession;
  #cutter: FileCutter<T> | undefined;
  /** Where to go on; nothing before the first file was open. */
  #last: FilePosition | undefined;
  /** Whether the file of `#last` is done: the next one comes. */
  #isDone = false;
  /** Whether the file was looked at since its end was met. */
  #hasLooked = false;
  /** After how many looks that find nothing the file is left: none while nobody knows of a later one. */
  #patience = Number.POSITIVE_INFINITY;
  #looksInVain = 0;
  #left: LeftFile | undefined;

  private constructor(request: FollowRequest<T>) {
    this.partition = request.partition;
    this.position = request.position ?? {};
    this.#request = request;
    this.#last = filePosition(request.where, request.position);
    this.#succession = new Succession(request.paths, request);
  }

  /** Without a position it takes hold of the file at once: which one it was, a checkpoint before the first record has to say. */
  static async open<T>(request: FollowRequest<T>): Promise<FollowReader<T>> {
    const reader = new FollowReader(request);
    if (reader.#last !== undefined) return reader;
    reader.#cutter = await reader.#open();
    if (reader.#cutter !== undefined) reader.position = positionOf(reader.#cutter.position);
    return reader;
  }

  get progress(): Progress {
    const file = this.#cutter?.file;
    const done = file?.progress ?? 0;
    return { done, total: Math.max(done, Number(file?.size ?? 0n)) };
  }

  async read(): Promise<FileBatch<T> | 'nothing'> {
    for (;;) {
      // Many chunks, and many files, may pass without a record.
      this.#request.signal.throwIfAborted();
      const cutter = this.#hasLooked ? this.#cutter : await this.#look();
      if (cutter === undefined) return 'nothing';
      const batch = await this.#readFrom(cutter);
      if (batch !== 'no record') return batch;
    }
  }

  async close(): Promise<void> {
    const [cutter, left] = [this.#cutter, this.#left];
    this.#cutter = undefined;
    this.#left = undefined;
    this.#hasLooked = false;
    await cutter?.file.close();
    await left?.close();
  }

  async #readFrom(cutter: FileCutter<T>): Promise<FileBatch<T> | 'no record' | 'nothing'> {
    try {
      const batch = await cutter.next();
      if (batch === 'at the end') return await this.#endOf(cutter);
      this.#looksInVain = 0;
      return batch;
    } catch (cause) {
      if (!isChanged(cause)) throw cause;
      await this.#lose(cutter);
      return 'no record';
    }
  }

  async #endOf(cutter: FileCutter<T>): Promise<FileBatch<T> | 'no record' | 'nothing'> {
    this.#hasLooked = false;
    if (++this.#looksInVain < this.#patience) return 'nothing';
    const rest = cutter.end();
    if (cutter.isEnding) return rest ?? 'no record';
    this.#last = cutter.position;
    this.#isDone = true;
    await this.#leave(cutter.file);
    return rest ?? 'no record';
  }

  /** What is read now, and whether something later is there: looked for before the end is met, so that nothing comes between. */
  async #look(): Promise<FileCutter<T> | undefined> {
    if ((await this.#left?.look()) === true) await this.#leave(undefined);
    const cutter = (this.#cutter ??= await this.#open());
    if (cutter === undefined) return undefined;
    const { file, position } = cutter;
    const current = await statsAt(this.#request.where, position.path);
    const isCurrent = current !== undefined && inodeOf(current) === file.inode;
    const stats = isCurrent ? current : await file.stats();
    const wasCopied = stats.mtimeNs !== file.modified && (await hasYoungCopies(position, this.#request));
    if (wasCopied || !(await file.isStill(stats))) {
      await this.#lose(cutter);
      return this.#look();
    }
    const next = await (isCurrent ? this.#succession.laterPath(position.path) : this.#succession.after(position));
    this.#setPatience(patienceWith(next, stats));
    this.#hasLooked = true;
    return cutter;
  }

  #setPatience(looks: number): void {
    if (looks === this.#patience) return;
    this.#patience = looks;
    this.#looksInVain = 0;
  }

  /** Keeps an eye on the file, in place of the one that was left before it. */
  async #leave(file: OpenFile | undefined): Promise<void> {
    const left = this.#left;
    this.#left = file?.isPacked === false ? new LeftFile(file, this.#request.warn) : undefined;
    if (file === undefined) return left?.close();
    this.#cutter = undefined;
    if (file.isPacked) await file.close();
    await left?.close();
  }

  /** The file was cut or written anew: what is behind the last whole record has to be looked for. */
  async #lose({ file, position }: FileCutter<T>): Promise<void> {
    this.#last = position;
    this.#succession.knownBytes = Math.max(file.offset, Number(file.size));
    this.#cutter = undefined;
    this.#hasLooked = false;
    await file.close();
  }

  async #open(): Promise<FileCutter<T> | undefined> {
    const last = this.#last;
    if (last !== undefined && !this.#isDone) {
      const file = await findAgain(last, this.#request);
      this.#succession.found(last, file);
      // What came behind a line that had no end is another line by now.
      if (file !== undefined) return this.#cutterOf(last.path, file, { ...last, isUnended: false });
      this.#isDone = true;
    }
    const next = await (last === undefined ? this.#succession.first() : this.#succession.after(last));
    const file = next === undefined ? undefined : await openAt(next.generation, undefined, this.#request);
    return next === undefined || file === undefined ? undefined : this.#cutterOf(next.path, file, undefined);
  }

  #cutterOf(path: string, file: OpenFile, position: FilePosition | undefined): FileCutter<T> {
    const cutter = new FileCutter(this.#request, path, file, position);
    this.#last = cutter.position;
    this.#isDone = false;
    this.#looksInVain = 0;
    return cutter;
  }
}

function patienceWith(next: Successor | undefined, { nlink }: BigIntStats): number {
  if (next !== undefined) return looksBefore[next.generation.path === next.path ? 'current' : 'older'];
  // Nobody can open it any more: held for ever it would take up the disk.
  return nlink === 0n ? looksBefore.nothing : Number.POSITIVE_INFINITY;
}
