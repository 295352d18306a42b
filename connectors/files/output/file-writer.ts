import type { SinkRequest, SinkState, SinkWriter } from '../../../core/sink.ts';
import { atOnce } from '../disk/at-once.ts';
import { stateOf } from './output-state.ts';
import type { Output, OutputCut } from './output.ts';
import type { Outputs } from './outputs.ts';
import type { Part } from './part.ts';
import { RowBuffer } from './row-buffer.ts';

/** What a send takes on. */
interface Load<T> {
  readonly rows: RowBuffer<Part>;
  /** Paths that these rows are the first for. */
  readonly met: ReadonlySet<Output<T>>;
  /** Parts that are complete with these rows. */
  readonly ended: readonly Part[];
}

/**
 * Writes encoded rows at places that it keeps count of. A failure leaves it broken, for nobody knows what is in the file
 * then, and `fsync` tells its failure once: a job goes back to its checkpoint with another writer.
 */
export class FileWriter<T> implements SinkWriter<T> {
  readonly #outputs: Outputs<T>;
  readonly #request: SinkRequest;
  #filling = new RowBuffer<Part>();
  #sending: RowBuffer<Part> | undefined;
  #spare: RowBuffer<Part> | undefined = new RowBuffer<Part>();
  #met = new Set<Output<T>>();
  #ended: Part[] = [];
  /** Parts that have bytes which may not be durable. */
  readonly #dirty = new Set<Part>();
  /** What was cut and is not committed yet, and how long the parts were that took more rows. */
  #cuts: readonly OutputCut<T>[] = [];
  #lengths: ReadonlyMap<Part, number> = new Map();
  #working: Promise<unknown> = Promise.resolve();
  #broken: { readonly cause: unknown } | undefined;
  #closing: Promise<void> | undefined;
  /** When the time of the next part is over. */
  #dueAt = Number.POSITIVE_INFINITY;
  #cancelAlarm = (): void => {};

  constructor(outputs: Outputs<T>, request: SinkRequest) {
    this.#outputs = outputs;
    this.#request = request;
    for (const part of outputs.current) this.#dirty.add(part);
    this.#watch(outputs.dueAt);
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    const { records, bytes } = this.#sending ?? { records: 0, bytes: 0 };
    return { records: this.#filling.records + records, bytes: this.#filling.bytes + bytes };
  }

  /** @throws TypeError where the row names no path or the format cannot write it: nothing of it was taken. */
  write(row: T, _timestamp: number): void {
    const output = this.#outputs.of(row);
    const text = output.encode(row);
    const before = output.current;
    const part = output.partFor(text);
    this.#filling.add(part, text);
    if (!output.isBegun) this.#met.add(output);
    if (part === before) return;
    if (before !== undefined) this.#ended.push(before);
    this.#watch(output.dueAt);
  }

  async send(): Promise<void> {
    const load = this.#load();
    await this.#alone(() => this.#store(load));
  }

  async cut(_checkpoint: string): Promise<SinkState> {
    // At once: what is written from now on belongs to the next checkpoint.
    this.#endDue();
    const load = this.#load();
    const cuts = this.#outputs.cut(load.met);
    return await this.#alone(async () => {
      await this.#store(load);
      await atOnce(this.#dirty, (part) => part.harden());
      this.#dirty.clear();
      await this.#outputs.harden();
      this.#cuts = cuts;
      this.#lengths = new Map(
        cuts.flatMap(({ current }) => (current === undefined ? [] : [[current, current.length]])),
      );
      return stateOf(cuts.map((cut) => cut.state()));
    });
  }

  /** Shows the parts that were complete at the cut. */
  async commit(_checkpoint: string): Promise<void> {
    await this.#alone(async () => {
      for (const { output, ended } of this.#cuts) {
        await this.#outputs.show(ended);
        output.ended = output.ended.filter((part) => !ended.includes(part));
      }
      await this.#outputs.harden();
      for (const [part, length] of this.#lengths) part.committed = length;
      this.#cuts = [];
      this.#lengths = new Map();
    });
  }

  /** A part that holds nothing but what is committed is complete with the job. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelAlarm();
    await this.#working;
    try {
      if (this.#broken === undefined) {
        await this.#outputs.show(
          this.#outputs.current.filter(({ isRolled, committed, length }) => isRolled && committed === length),
        );
        await this.#outputs.harden();
      }
    } finally {
      await this.#outputs.close();
    }
  }

  #load(): Load<T> {
    const load = { rows: this.#filling, met: this.#met, ended: this.#ended };
    this.#sending = this.#filling;
    this.#filling = this.#spare ?? new RowBuffer<Part>();
    this.#spare = undefined;
    this.#met = new Set();
    this.#ended = [];
    return load;
  }

  async #store({ rows, met, ended }: Load<T>): Promise<void> {
    const fresh = [...met].filter(({ isBegun }) => !isBegun);
    const openings = await this.#outputs.note(fresh);
    const append = async (part: Part): Promise<void> => {
      this.#dirty.add(part);
      await part.append(rows.contentFor(part));
    };
    const rest = new Set(rows.places);
    await this.#outputs.beginEach(openings, async (part) => {
      if (rest.delete(part)) await append(part);
    });
    // Those first that are open: the others may need their place.
    const [open, closed] = [[...rest].filter(({ isOpen }) => isOpen), [...rest].filter(({ isOpen }) => !isOpen)];
    await this.#outputs.useEach([...open, ...closed], append);
    await this.#outputs.rest(ended);
    rows.clear();
    this.#spare ??= rows;
    if (this.#sending === rows) this.#sending = undefined;
  }

  /** One thing after the other; nothing behind a failure. */
  #alone<V>(act: () => Promise<V>): Promise<V> {
    const work = this.#working.then(async () => {
      if (this.#broken !== undefined) throw this.#broken.cause;
      return await act();
    });
    this.#working = work.catch((cause: unknown) => {
      this.#broken ??= { cause };
    });
    return work;
  }

  #endDue(): void {
    this.#ended.push(...this.#outputs.endDue());
    this.#watch(this.#outputs.dueAt);
  }

  /** Parts are complete, and seen, with a checkpoint: one is wanted when the time of a part is over. */
  #watch(dueAt: number): void {
    if (dueAt >= this.#dueAt) return;
    this.#cancelAlarm();
    this.#dueAt = dueAt;
    this.#cancelAlarm = this.#request.clock.wakeAt(dueAt, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#request.wantsCheckpoint();
    });
  }
}
