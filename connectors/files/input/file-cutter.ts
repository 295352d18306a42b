import type { Cuts, Format, Splitter } from '../../../core/format.ts';
import type { FieldUse } from '../../../core/recipe.ts';
import { changedFile } from './changed-file.ts';
import { type Boundary, FileBatch } from './file-batch.ts';
import { fileError } from '../file-error.ts';
import type { FilePosition } from './file-position.ts';
import { digest, type Mark, markBytes } from './fingerprint.ts';
import type { OpenFile } from './open-file.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Bytes of records that are cut at once: a chunk, and the record that it ends. */
const budget = 128 * 1024;
const noMark: Mark = { offset: 0, digest: digest(new Uint8Array(0)) };

/** Whose records they are, and how they are cut. */
export interface CutterRequest<T> {
  readonly where: string;
  readonly partition: string;
  readonly splitterOf: NonNullable<Format<T>['splitter']>;
  readonly fields: FieldUse['reads'];
}

/** Cuts a file into batches of records, and knows where it stands. */
export class FileCutter<T> {
  readonly file: OpenFile;
  readonly #request: CutterRequest<T>;
  /** By which its positions call it. */
  readonly #path: string;
  #splitter: Splitter<T> | undefined;
  #boundary: Boundary;
  #isUnended: boolean;
  #lastByte = lineFeed;
  #isEnding = false;

  /** `file`: open at `position`. */
  constructor(request: CutterRequest<T>, path: string, file: OpenFile, position: FilePosition | undefined) {
    this.file = file;
    this.#request = request;
    this.#path = path;
    this.#boundary = { state: position?.state ?? { offset: 0, line: 1 }, mark: position?.mark ?? noMark };
    this.#isUnended = position?.isUnended === true;
  }

  /** Behind all that it has cut. */
  get position(): FilePosition {
    const { state, mark } = this.#boundary;
    return { ...this.#facts(), fingerprint: this.file.head.fingerprint(state.offset), mark, state };
  }

  /** Whether `end` has to be called again: there is more in what it holds than goes into one batch. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** One chunk of the file: its records, or that there were none in it, or that the file has no more. */
  async next(): Promise<FileBatch<T> | 'no record' | 'at the end'> {
    if (this.#isEnding) return 'at the end';
    // A record that was given up as too long was many, as long as one may be.
    if (this.#splitter?.left === true) return this.#push(new Uint8Array(0));
    const bytes = this.#behindLineEnd(await this.file.next());
    if (bytes.length === 0) return 'at the end';
    this.#lastByte = bytes.at(-1) as number;
    return this.#push(bytes);
  }

  /** The file is over: what has no line end is its last record. */
  end(): FileBatch<T> | undefined {
    return this.#cut((splitter, cuts) => {
      splitter.end(cuts, budget);
      this.#isEnding = splitter.left;
      this.#isUnended = this.#lastByte !== lineFeed && !splitter.left;
    }, new Uint8Array(0));
  }

  #push(bytes: Uint8Array): FileBatch<T> | 'no record' {
    return this.#cut((splitter, cuts) => splitter.push(bytes, cuts, budget), bytes) ?? 'no record';
  }

  #cut(work: (splitter: Splitter<T>, cuts: Cuts<T>) => void, bytes: Uint8Array): FileBatch<T> | undefined {
    const { where, partition, splitterOf, fields } = this.#request;
    const before = this.#boundary;
    const cuts: Cuts<T> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
    try {
      this.#splitter ??= splitterOf({ fields, state: before.state });
      work(this.#splitter, cuts);
    } catch (cause) {
      throw fileError(where, 'read', this.file.path, cause);
    }
    const state = this.#splitter.state();
    const after = { state, mark: this.#markOf(state.offset, bytes) };
    this.#boundary = after;
    if (cuts.records.length + cuts.broken.length === 0) return undefined;
    const { path: source, head } = this.file;
    return new FileBatch({ ...this.#facts(), partition, source, head, before, after }, cuts);
  }

  #facts(): Pick<FilePosition, 'path' | 'inode' | 'modified' | 'isUnended' | 'isAtEnd'> {
    const { inode, modified, offset } = this.file;
    const isAtEnd = this.file.isAtEnd && this.#boundary.state.offset === offset;
    return { path: this.#path, inode, modified: `${modified}`, isUnended: this.#isUnended, isAtEnd };
  }

  /** What stands before a boundary in the bytes that were read last; the mark of before where it is not in them. */
  #markOf(offset: number, bytes: Uint8Array): Mark {
    const until = offset - (this.file.offset - bytes.length);
    if (until <= 0) return this.#boundary.mark;
    return { offset, digest: digest(bytes.subarray(Math.max(0, until - markBytes), until)) };
  }

  /** Where the last record was whole although it had no line end, the line end that has come since is none of another. */
  #behindLineEnd(bytes: Uint8Array): Uint8Array {
    if (!this.#isUnended || bytes.length === 0) return bytes;
    this.#isUnended = false;
    const length = bytes[0] === carriageReturn ? 2 : 1;
    const { state, mark } = this.#boundary;
    if (bytes[length - 1] !== lineFeed) {
      const what = `"${this.file.path}" goes on in the line that was its last, and was read as whole (byte ${state.offset})`;
      throw changedFile(this.#request.where, what);
    }
    this.#boundary = { state: { ...state, offset: state.offset + length }, mark };
    return bytes.subarray(length);
  }
}
