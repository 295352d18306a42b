import type { InputNode } from './plan.ts';
import type { OriginOf, Pipeline } from './pipeline.ts';
import type { Receiver, Refusal } from './processor.ts';
import type { Counts } from './ledger.ts';
import type { Origin } from './rejection.ts';

/** Where the records of one input enter a pipeline. */
export class Head {
  readonly node: InputNode;
  readonly index: number;
  readonly #pipeline: Pipeline;
  readonly #first: Receiver;
  readonly #counts: Counts;
  readonly #partitions = new Map<string, number>();
  /** Slots that no partition has yet: the first one holds back the time of those that speak before this input has. */
  readonly #unnamed: number[] = [];

  constructor(node: InputNode, index: number, pipeline: Pipeline, first: Receiver, counts: Counts) {
    this.node = node;
    this.index = index;
    this.#pipeline = pipeline;
    this.#first = first;
    this.#counts = counts;
  }

  /** The slot of a partition; a new one holds back the watermark from now on. */
  partition(name: string): number {
    const known = this.#partitions.get(name);
    if (known !== undefined) return known;
    const unnamed = this.#unnamed.shift();
    const slot = unnamed ?? this.addSlot();
    this.#unnamed.length = 0;
    this.take(slot, name);
    if (unnamed !== undefined && (this.#pipeline.slots[slot]?.quietMs ?? 0) > 0) this.idle(false, slot);
    return slot;
  }

  /** It is known that there are no partitions, for now: nobody has to wait for one. */
  isEmpty(): void {
    for (const slot of this.#unnamed) this.idle(true, slot);
  }

  /** A slot for a partition whose name is not known yet. */
  addSlot(): number {
    const slot = this.#pipeline.slots.length;
    const watermark = Number.NEGATIVE_INFINITY;
    this.#pipeline.slots.push({ partition: undefined, head: this, watermark, quietMs: 0 });
    this.#unnamed.push(slot);
    this.idle(false, slot);
    return slot;
  }

  /** Names a slot that has none. */
  take(slot: number, name: string): void {
    this.#partitions.set(name, slot);
    const unnamed = this.#unnamed.indexOf(slot);
    if (unnamed >= 0) this.#unnamed.splice(unnamed, 1);
    const state = this.#pipeline.slots[slot];
    if (state !== undefined) state.partition = name;
  }

  /** Pushes records `from` up to `until` (not included), and answers where it stopped: earlier when a step is unfinished. */
  sweep(
    values: readonly unknown[],
    from: number,
    until: number,
    slot: number,
    batch?: OriginOf,
    timestamps?: ArrayLike<number>,
  ): number {
    const pipeline = this.#pipeline;
    const first = this.#first;
    const { everything } = pipeline;
    const counts = this.#counts;
    let index = from;
    pipeline.begin(slot, batch, from - 1);
    pipeline.busy = true;
    try {
      while (index < until) {
        pipeline.index = index;
        first.record(values[index], timestamps === undefined ? Number.NaN : (timestamps[index] as number), everything);
        index++;
        if (pipeline.interrupted) break;
      }
    } finally {
      pipeline.busy = false;
      // After a throw `pipeline.index` is the record that threw: it came in, too.
      counts.passed += Math.max(index, pipeline.index + 1) - from;
    }
    return index;
  }

  /** One record by itself. Called from within a sweep it waits for the end of that sweep. */
  push(value: unknown, timestamp: number, slot: number): void {
    const pipeline = this.#pipeline;
    if (pipeline.busy) {
      pipeline.whenFree(() => this.push(value, timestamp, slot));
      return;
    }
    if (pipeline.over) return;
    if (pipeline.interrupted) pipeline.finish();
    pipeline.begin(slot, undefined, 0);
    pipeline.busy = true;
    try {
      this.#counts.passed++;
      this.#first.record(value, timestamp, pipeline.everything);
      if (pipeline.interrupted) pipeline.finish();
    } finally {
      pipeline.busy = false;
    }
    pipeline.drain();
  }

  watermark(at: number, slot: number): void {
    this.#signal(slot, () => this.#first.watermark(at));
  }

  /** `quietMs`: for how long the source was asked in vain; a step that gives the time decides whether that is enough. */
  idle(on: boolean, slot: number, quietMs: number = Number.POSITIVE_INFINITY): void {
    const state = this.#pipeline.slots[slot];
    this.#signal(slot, () => {
      if (state !== undefined) state.quietMs = on ? quietMs : 0;
      this.#first.idle(on);
    });
  }

  /** What the source could not make a record of. */
  reject(value: unknown, slot: number, refusal: Refusal, origin: Origin | undefined): void {
    this.#signal(slot, () => {
      this.#counts.invalid++;
      this.#pipeline.resume(origin);
      this.#pipeline.rejectAt(this.index, value, Number.NaN, refusal);
    });
  }

  /** What the source was told to leave out. */
  skip(): void {
    this.#counts.filtered++;
  }

  /** No record will come in any of its partitions. The pipeline's own end follows when all heads have said so. */
  end(): void {
    for (const slot of this.slots) this.watermark(Number.POSITIVE_INFINITY, slot);
  }

  /** The names of those that have one. */
  get partitions(): readonly string[] {
    return [...this.#partitions.keys()];
  }

  /** Of its partitions, those without a name included. */
  get slots(): readonly number[] {
    return [...this.#partitions.values(), ...this.#unnamed];
  }

  #signal(slot: number, act: () => void): void {
    this.#pipeline.alone(() => {
      this.#pipeline.begin(slot, undefined, 0);
      act();
    });
  }
}
