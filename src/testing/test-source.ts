import type { Batch, Position, Positions } from '../../core/batch.ts';
import { ArgumentError, ConnectorError } from '../../core/errors.ts';
import { optionsObject, positiveInteger } from '../../core/guards.ts';
import type { Source, SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';
import { nominalBytes } from '../nominal-bytes.ts';

export interface TestSourceOptions {
  /** Records are dealt out to them in turn; they are called `'0'`, `'1'` and so on. Default 1. */
  readonly partitions?: number;
  /** Records in a batch. Default 100. */
  readonly batch?: number;
  /** It fails once, with a `ConnectorError` that is retryable, when it has handed over so many records. Default: never. */
  readonly failAfter?: number;
}

/**
 * A source over a list that keeps the whole contract of a connector: partitions, batches, positions and replay.
 *
 * - **Starts** when it is asked. **Completes** behind the last record.
 * - **Fails** once with a retryable `ConnectorError` where `failAfter` says so: a restart gets past it.
 * - **Positions** `{ offset }`, in each partition from 0; any of them can be opened again.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `records` is no list or an option is wrong.
 */
export function testSource<T>(records: readonly T[], options: TestSourceOptions = {}): Source<T> {
  if (!Array.isArray(records)) throw new ArgumentError('testSource', 'records', 'a list', records);
  const given = optionsObject<TestSourceOptions>('testSource', options, ['partitions', 'batch', 'failAfter']);
  const count = positiveInteger('testSource', 'partitions', given.partitions ?? 1);
  const batch = positiveInteger('testSource', 'batch', given.batch ?? 100);
  const dealt = Array.from({ length: count }, (_, each) => records.filter((__, index) => index % count === each));
  const fault = new Fault(failAfterOf('testSource', given.failAfter));
  return {
    name: 'testSource',
    traits: { timestamps: false, live: false, replay: 'any' },
    open: (request) => new ListReader<T>(dealt, batch, fault, request),
  };
}

/** A number of records or rows; none: never. */
export function failAfterOf(where: string, value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ArgumentError(where, 'failAfter', 'a whole number of at least 0', value);
}

/** What goes wrong once in the life of a source, however often it is opened. */
class Fault {
  /** Records before it; +Infinity when it has happened. */
  left: number;

  constructor(after: number) {
    this.left = after;
  }
}

class ListReader<T> implements SourceReader<T> {
  readonly #partitions: readonly (readonly T[])[];
  readonly #batch: number;
  readonly #fault: Fault;
  readonly #signal: AbortSignal;
  readonly #begins: readonly number[];
  readonly #offsets: number[];
  readonly #ended = new Set<number>();
  #isOpen = false;
  #isClosed = false;
  #turn = 0;

  constructor(partitions: readonly (readonly T[])[], batch: number, fault: Fault, request: SourceRequest) {
    this.#partitions = partitions;
    this.#batch = batch;
    this.#fault = fault;
    this.#signal = request.signal;
    this.#begins = partitions.map((_, each) => Number(request.positions[each]?.offset ?? 0));
    this.#offsets = [...this.#begins];
  }

  async next(holding: ReadonlySet<string> = new Set()): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    // A source answers later, never within the call.
    await Promise.resolve();
    if (this.#signal.aborted || this.#isClosed) return { done: true, value: undefined };
    if (this.#fault.left === 0) {
      this.#fault.left = Number.POSITIVE_INFINITY;
      throw new ConnectorError('testSource', 'fails where `failAfter` says so', { retryable: true });
    }
    if (!this.#isOpen) {
      this.#isOpen = true;
      return { done: false, value: { kind: 'opened', positions: this.#positions() } };
    }
    const open = this.#partitions.flatMap((_, each) => (this.#ended.has(each) ? [] : [each]));
    if (open.length === 0) return { done: true, value: undefined };
    const free = open.filter((each) => !holding.has(String(each)));
    if (free.length === 0) return this.#untilStopped();
    const partition = free[this.#turn++ % free.length] as number;
    return { done: false, value: this.#eventOf(partition) };
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  progress(): { readonly done: number; readonly total: number; readonly unit: string } {
    const total = this.#partitions.reduce((sum, records) => sum + records.length, 0);
    return { done: this.#offsets.reduce((sum, offset) => sum + offset, 0), total, unit: 'records' };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #eventOf(partition: number): SourceEvent<T> {
    const all = this.#partitions[partition] as readonly T[];
    const from = this.#offsets[partition] as number;
    const records = all.slice(from, from + Math.min(this.#batch, this.#fault.left));
    if (records.length === 0) {
      this.#ended.add(partition);
      return { kind: 'ended', partition: String(partition) };
    }
    this.#fault.left -= records.length;
    this.#offsets[partition] = from + records.length;
    return { kind: 'batch', batch: batchOf(String(partition), records, from) };
  }

  #positions(): Positions {
    return Object.fromEntries(this.#begins.map((offset, partition) => [partition, { offset }]));
  }

  /** All that could come is at hand already. */
  #untilStopped(): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    return new Promise((resolve) => {
      this.#signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true });
    });
  }
}

function batchOf<T>(partition: string, records: readonly T[], from: number): Batch<T> {
  return {
    partition,
    records,
    bytes: records.length * nominalBytes,
    positionAfter: (count): Position => ({ offset: from + count }),
    origin: (index) => ({ source: 'testSource', partition, offset: from + index }),
  };
}
