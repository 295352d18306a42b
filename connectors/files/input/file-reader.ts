import type { Positions } from '../../../core/batch.ts';
import type { Clock } from '../../../core/clock.ts';
import type { SourceEvent, SourceReader } from '../../../core/source.ts';
import { unlessAborted } from '../../../core/unless-aborted.ts';
import type { PartitionReader, Partitions, Progress } from './partition-reader.ts';
import { Silences } from './silences.ts';

/** A file that had nothing is looked at again after so many ms. */
const lookEveryMs = 100;
/** Where there are many files, each of them is looked at less often: a look costs a twentieth of a ms. */
const msPerFile = 2;

export interface FileReaderRequest<T> {
  readonly clock: Clock;
  /** Aborted when the job stops, or by `stop`. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly partitions: Partitions<T>;
  /** Whether more may come where there is nothing. */
  readonly follows: boolean;
  readonly tellsProgress: boolean;
}

/** Reads the partitions of files as they are asked for, chunk by chunk. */
export class FileReader<T> implements SourceReader<T> {
  readonly progress?: () => Progress & { readonly unit: string };
  readonly #request: FileReaderRequest<T>;
  readonly #silences: Silences<PartitionReader<T>>;
  #readers: readonly PartitionReader<T>[] = [];
  #isOpen = false;
  readonly #ended = new Set<PartitionReader<T>>();
  /** They had nothing, and are not looked at before `#nextLook`. */
  readonly #resting = new Set<PartitionReader<T>>();
  #nextLook = Number.NEGATIVE_INFINITY;
  /** Who was asked last: the others have their turns before it has another. */
  #lastAsked: PartitionReader<T> | undefined;
  #pending: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(request: FileReaderRequest<T>) {
    this.#request = request;
    this.#silences = new Silences(request.clock);
    if (request.tellsProgress) this.progress = () => this.#progress();
  }

  async next(holding: ReadonlySet<string> = new Set()): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    const { signal } = this.#request;
    if (this.#isOver || signal.aborted) return { done: true, value: undefined };
    const work = this.#advance(holding);
    // Whoever closes waits for it, and wants to know nothing of how it ended.
    this.#pending = work.catch(() => undefined);
    try {
      const event = await unlessAborted(work, signal);
      this.#isOver = event === undefined;
      return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
    } catch (cause) {
      this.#isOver = true;
      throw cause;
    }
  }

  /** A file keeps what has been read. */
  async commit(_positions: Positions): Promise<void> {}

  async close(): Promise<void> {
    this.#isOver = true;
    this.#request.stop();
    await this.#pending;
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  /** What happens next; nothing where nothing more will. */
  async #advance(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    if (!this.#isOpen) {
      this.#readers = await this.#request.partitions();
      this.#isOpen = true;
      const positions = this.#readers.map(({ partition, position }) => [partition, position] as const);
      return { kind: 'opened', positions: Object.fromEntries(positions) };
    }
    try {
      return await (this.#request.follows ? this.#follow(holding) : this.#readOn(holding));
    } finally {
      this.#silences.ask([]);
    }
  }

  async #readOn(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    const open = this.#readers.filter((reader) => !this.#ended.has(reader));
    if (open.length === 0) return undefined;
    const [reader] = this.#inTurn(open.filter(({ partition }) => !holding.has(partition)));
    // All that could come is at hand already.
    if (reader === undefined) return this.#pauseUntil(Number.POSITIVE_INFINITY);
    this.#lastAsked = reader;
    const batch = await reader.read();
    if (typeof batch === 'object') return { kind: 'batch', batch };
    this.#ended.add(reader);
    return { kind: 'ended', partition: reader.partition };
  }

  async #follow(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    while (!this.#request.signal.aborted) {
      this.#readers = await this.#request.partitions();
      const asked = this.#readers.filter(({ partition }) => !holding.has(partition));
      this.#silences.ask(asked);
      this.#wakeRested();
      const event = await this.#look(this.#inTurn(asked));
      if (event !== undefined) return event;
      // Those whose batch is at hand shall not wait for those that are silent.
      const silent = holding.size > 0 ? this.#silences.longest() : undefined;
      if (silent !== undefined) return this.#empty(silent, this.#silences.take(silent));
      await this.#pauseUntil(this.#nextLook);
    }
    return undefined;
  }

  async #look(readers: readonly PartitionReader<T>[]): Promise<SourceEvent<T> | undefined> {
    for (const reader of readers) {
      if (this.#resting.has(reader)) continue;
      this.#lastAsked = reader;
      const batch = await reader.read();
      const silentMs = this.#silences.take(reader);
      if (typeof batch === 'object') return { kind: 'batch', batch };
      this.#resting.add(reader);
      if (silentMs > 0) return this.#empty(reader, silentMs);
    }
    return undefined;
  }

  #empty({ partition }: PartitionReader<T>, askedMs: number): SourceEvent<T> {
    return { kind: 'empty', partition, askedMs };
  }

  #wakeRested(): void {
    const now = this.#request.clock.now();
    const next = now + Math.max(lookEveryMs, msPerFile * this.#readers.length);
    // One that is further away is of a clock that was set back.
    if (now < this.#nextLook && this.#nextLook <= next) return;
    this.#resting.clear();
    this.#nextLook = next;
  }

  #inTurn(readers: readonly PartitionReader<T>[]): readonly PartitionReader<T>[] {
    const last = this.#readers.findIndex((reader) => reader === this.#lastAsked);
    const first = readers.findIndex((reader) => this.#readers.indexOf(reader) > last);
    return first <= 0 ? readers : [...readers.slice(first), ...readers.slice(0, first)];
  }

  /** Until a moment of the clock, or until everything is stopped. */
  #pauseUntil(at: number): Promise<undefined> {
    const { clock, signal } = this.#request;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve(undefined);
      };
      const cancel = at < Number.POSITIVE_INFINITY ? clock.wakeAt(at, end) : () => undefined;
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });
  }

  #progress(): Progress & { readonly unit: string } {
    const all = this.#readers.map(({ progress }) => progress);
    const sum = (of: (progress: Progress) => number): number => all.reduce((total, each) => total + of(each), 0);
    return { done: sum(({ done }) => done), total: sum(({ total }) => total), unit: 'bytes' };
  }
}
