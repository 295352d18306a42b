import type { Batch, Position, Unreadable } from '../../core/batch.ts';
import type { Cuts, SplitterState } from '../../core/format.ts';
import type { Origin } from '../../core/rejection.ts';

/** What a batch says of its file. */
export interface BatchPlace {
  readonly partition: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly before: SplitterState;
  readonly after: SplitterState;
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
    this.bytes = place.after.offset - place.before.offset;
    this.unreadable = cuts.broken.map(({ end: _end, nextLine: _nextLine, line, ...broken }) => {
      return { ...broken, origin: { source: place.path, line } };
    });
  }

  positionAfter(count: number): Position {
    const { path, fingerprint } = this.#place;
    return { file: path, fingerprint, state: this.#stateAfter(count) };
  }

  origin(index: number): Origin | undefined {
    const line = this.#cuts.lines[index];
    return line === undefined ? undefined : { source: this.#place.path, line };
  }

  #stateAfter(count: number): SplitterState {
    const { before, after } = this.#place;
    if (count === this.records.length) return after;
    const offset = this.#cuts.ends[count - 1];
    const line = this.#cuts.nextLines[count - 1];
    return offset === undefined || line === undefined ? before : { ...after, offset, line };
  }
}
