import type { Batch, Position, Unreadable } from '../../../core/batch.ts';
import type { Cuts, SplitterState } from '../../../core/format.ts';
import type { Origin } from '../../../core/rejection.ts';
import { type FilePosition, positionOf } from './file-position.ts';
import type { Head, Mark } from './fingerprint.ts';

/** A place between two records. */
export interface Boundary {
  readonly state: SplitterState;
  /** Of what stands before it, or earlier. */
  readonly mark: Mark;
}

/** What a batch says of its file. */
export interface BatchPlace extends Pick<FilePosition, 'path' | 'inode' | 'modified' | 'isUnended' | 'isAtEnd'> {
  readonly partition: string;
  /** What the file is called. */
  readonly source: string;
  readonly head: Head;
  readonly before: Boundary;
  readonly after: Boundary;
}

/** The records of one chunk of a file. */
export class FileBatch<T> implements Batch<T> {
  readonly partition: string;
  readonly records: readonly T[];
  readonly unreadable: readonly Unreadable[];
  readonly bytes: number;
  readonly #place: BatchPlace;
  readonly #cuts: Cuts<T>;

  constructor(place: BatchPlace, cuts: Cuts<T>) {
    this.#place = place;
    this.#cuts = cuts;
    this.partition = place.partition;
    this.records = cuts.records;
    this.bytes = place.after.state.offset - place.before.state.offset;
    this.unreadable = cuts.broken.map(({ end: _end, nextLine: _nextLine, line, ...broken }) => {
      return { ...broken, origin: { source: place.source, line } };
    });
  }

  positionAfter(count: number): Position {
    const { path, inode, modified, head, isUnended, isAtEnd } = this.#place;
    const isLast = count === this.records.length;
    const { state, mark } = this.#boundaryAfter(count);
    const flags = { isUnended: isLast && isUnended, isAtEnd: isLast && isAtEnd };
    return positionOf({ path, inode, modified, fingerprint: head.fingerprint(state.offset), mark, ...flags, state });
  }

  origin(index: number): Origin | undefined {
    const line = this.#cuts.lines[index];
    return line === undefined ? undefined : { source: this.#place.source, line };
  }

  #boundaryAfter(count: number): Boundary {
    const { before, after } = this.#place;
    if (count === this.records.length) return after;
    const offset = this.#cuts.ends[count - 1];
    const line = this.#cuts.nextLines[count - 1];
    if (offset === undefined || line === undefined) return before;
    return { state: { ...after.state, offset, line }, mark: before.mark };
  }
}
