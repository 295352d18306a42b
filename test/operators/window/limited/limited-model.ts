import type { Reading } from '../window-model.ts';

/** What windows of every kind are to a model that forgets their keys. */
export interface WindowModel {
  /** Rows that have left; a limit reads on where it stopped. */
  readonly rows: readonly object[];
  readonly late: readonly Reading[];
  /** Takes a reading in, without moving the time; false for one that comes too late. */
  accept(reading: Reading): boolean;
  moveTo(at: number): unknown;
  /** Whether anything is kept for the key. */
  has(key: string): boolean;
  /** Drops all that is kept for the key, and answers what a person is told of it. */
  forget(key: string): object;
}

export interface Limits {
  readonly ttl?: number;
  readonly maxKeys?: number;
}

/** A key that went, as a rejection says it. */
export interface Evicted {
  readonly evicted: string;
  readonly timestamp: number | undefined;
  readonly received: object;
}

/** Windows whose keys are forgotten, as one would write it without thinking of speed: every key is looked at all the time. */
export class LimitedModel {
  /** Rows, late readings and evictions as they came. */
  readonly all: unknown[] = [];
  readonly #windows: WindowModel;
  readonly #ttl: number;
  readonly #maxKeys: number;
  readonly #outOfOrderness: number;
  readonly #orders: string[] = [];
  readonly #keys = new Map<string, { seenAt: number; turn: number }>();
  #watermark = Number.NEGATIVE_INFINITY;
  #turn = 0;
  #rows = 0;

  constructor(windows: WindowModel, { ttl, maxKeys }: Limits, outOfOrderness: number) {
    this.#windows = windows;
    this.#ttl = ttl ?? Number.POSITIVE_INFINITY;
    this.#maxKeys = maxKeys ?? Number.POSITIVE_INFINITY;
    this.#outOfOrderness = outOfOrderness;
  }

  push(reading: Reading): void {
    const { key, at } = reading;
    if (!this.#orders.includes(key)) this.#orders.push(key);
    const isTaken = this.#windows.accept(reading);
    if (!isTaken) this.all.push({ late: reading });
    this.#look();
    if (isTaken && this.#windows.has(key)) {
      const before = this.#keys.get(key);
      this.#keys.set(key, { seenAt: Math.max(at, before?.seenAt ?? at), turn: this.#turn++ });
      if (this.#keys.size > this.#maxKeys) this.#evict(this.#sorted(({ turn }) => turn)[0]!);
    }
    this.moveTo(at - this.#outOfOrderness - 1);
  }

  moveTo(at: number): void {
    if (!(at > this.#watermark)) return;
    // The end of the input expires nobody: who goes now has come so late that its time was over already.
    const now = at === Number.POSITIVE_INFINITY ? this.#watermark : at;
    this.#watermark = at;
    const dueAt = (key: string): number => this.#keys.get(key)!.seenAt + this.#ttl;
    const next = (): string | undefined => this.#sorted(({ seenAt }) => seenAt).find((key) => dueAt(key) <= now);
    for (let key = next(); key !== undefined; key = next()) {
      this.#windows.moveTo(dueAt(key));
      this.#look();
      if (this.#keys.has(key)) this.#evict(key);
    }
    this.#windows.moveTo(at);
    this.#look();
  }

  /** The smallest first, ties in the order in which keys were first seen. */
  #sorted(by: (state: { readonly seenAt: number; readonly turn: number }) => number): string[] {
    const order = (key: string): number => this.#orders.indexOf(key);
    return [...this.#keys.keys()].toSorted(
      (a, b) => by(this.#keys.get(a)!) - by(this.#keys.get(b)!) || order(a) - order(b),
    );
  }

  #evict(key: string): void {
    const { seenAt } = this.#keys.get(key)!;
    this.#keys.delete(key);
    const timestamp = this.#ttl < Number.POSITIVE_INFINITY ? seenAt : undefined;
    this.all.push({ evicted: key, timestamp, received: this.#windows.forget(key) } satisfies Evicted);
  }

  /** What has left since; keys of which nothing is left are done with. */
  #look(): void {
    this.all.push(...this.#windows.rows.slice(this.#rows));
    this.#rows = this.#windows.rows.length;
    for (const key of this.#keys.keys()) if (!this.#windows.has(key)) this.#keys.delete(key);
  }
}
