import type { Batch, Position, Positions, Unreadable } from '../../core/batch.ts';
import type { Source, SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';

export interface RecordedSourceOptions<T> {
  readonly inFlight?: number;
  /** Where each partition begins. */
  readonly from?: Positions;
  /** Instead of records of the source: what it could not read. */
  readonly isUnreadable?: (record: T) => boolean;
  /** Called for each commit, before it is done. */
  readonly onCommit?: (positions: Positions) => Promise<void>;
}

/** A source that tells what was asked of it, and makes records unreadable. */
export class RecordedSource<T> implements Source<T> {
  readonly name = 'recorded';
  readonly traits: Source<T>['traits'];
  /** Of each partition: where it was committed last. */
  readonly committed: Record<string, Position> = {};
  readonly commits: Positions[] = [];
  readonly released: string[] = [];
  asked = 0;
  opened = 0;
  closed = 0;
  /** Commits under way now, and the most there were. */
  committing = 0;
  mostCommitting = 0;
  request: SourceRequest | undefined;
  readonly #source: Source<T>;
  readonly #options: RecordedSourceOptions<T>;

  constructor(source: Source<T>, options: RecordedSourceOptions<T> = {}) {
    this.#source = source;
    this.#options = options;
    this.traits = { ...source.traits, ...(options.inFlight === undefined ? {} : { inFlight: options.inFlight }) };
  }

  open(request: SourceRequest): SourceReader<T> {
    this.opened++;
    this.request = request;
    const { from = {}, onCommit } = this.#options;
    const reader = this.#source.open({ ...request, positions: { ...from, ...this.committed } });
    let isClosed = false;
    return {
      next: async (holding) => {
        this.asked++;
        const result = await reader.next(holding);
        return result.done === true ? result : { done: false, value: this.#event(result.value) };
      },
      commit: async (positions) => {
        if (isClosed) throw new Error('a commit behind close');
        this.mostCommitting = Math.max(this.mostCommitting, ++this.committing);
        this.commits.push(positions);
        await onCommit?.(positions);
        Object.assign(this.committed, positions);
        this.committing--;
      },
      release: (partitions) => {
        this.released.push(...partitions);
        return Promise.resolve();
      },
      close: () => {
        this.closed++;
        isClosed = true;
        return reader.close();
      },
    };
  }

  #event(event: SourceEvent<T>): SourceEvent<T> {
    const { isUnreadable } = this.#options;
    if (event.kind !== 'batch' || isUnreadable === undefined) return event;
    return { kind: 'batch', batch: withUnreadable(event.batch, isUnreadable) };
  }
}

function withUnreadable<T>(batch: Batch<T>, isUnreadable: (record: T) => boolean): Batch<T> {
  const records: T[] = [];
  /** Of each record: how many of the batch are done with it. */
  const ends: number[] = [];
  const unreadable: Unreadable[] = [];
  batch.records.forEach((record, index) => {
    if (!isUnreadable(record)) {
      records.push(record);
      ends.push(index + 1);
      return;
    }
    const origin = batch.origin(index);
    unreadable.push({
      before: records.length,
      value: record,
      rule: 'readable',
      ...(origin === undefined ? {} : { origin }),
    });
  });
  return {
    partition: batch.partition,
    records,
    unreadable,
    bytes: batch.bytes,
    positionAfter: (count) => {
      if (count === records.length) return batch.positionAfter(batch.records.length);
      return batch.positionAfter(ends[count - 1] ?? 0);
    },
    origin: (index) => batch.origin((ends[index] as number) - 1),
  };
}
