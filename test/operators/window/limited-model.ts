import type { Held, ModelRow, WindowModel } from './window-model.ts';

/** Windows that can let go of one key. */
export interface ForgettingModel extends WindowModel {
  /** Whether anything is kept for the key of this rank. */
  has(rank: number): boolean;
  /** Drops all that is kept for it, and answers the rows that its windows would have given next; of those that overlap, how many records went. */
  forget(rank: number): { readonly windows: readonly ModelRow[] } | { readonly records: number };
}

export interface Limits {
  readonly ttl?: number;
  readonly maxKeys?: number;
}

/** What a limit tells beside the rows of its windows. */
export interface LimitTold {
  /** A key went. `seenAt`: its newest time, where times count. */
  evicted(key: Held['key'], seenAt: number | undefined, received: object): void;
  /** Time has come as far as this: a key went at that moment. */
  passed(at: number): void;
}

/** Windows whose keys are forgotten: every key is looked at all the time. */
export class LimitedModel implements WindowModel {
  readonly #windows: ForgettingModel;
  readonly #told: LimitTold;
  readonly #ttl: number;
  readonly #maxKeys: number;
  readonly #keys = new Map<number, { readonly key: Held['key']; seenAt: number; turn: number }>();
  #watermark = Number.NEGATIVE_INFINITY;
  #turn = 0;

  constructor(windows: ForgettingModel, { ttl, maxKeys }: Limits, told: LimitTold) {
    this.#windows = windows;
    this.#told = told;
    this.#ttl = ttl ?? Number.POSITIVE_INFINITY;
    this.#maxKeys = maxKeys ?? Number.POSITIVE_INFINITY;
  }

  take(held: Held, now: number): ReturnType<WindowModel['take']> {
    const { key, rank, at } = held;
    const refused = this.#windows.take(held, now);
    if (refused !== undefined) return refused;
    if (!this.#windows.has(rank)) {
      this.#keys.delete(rank);
      return undefined;
    }
    const seenAt = Math.max(at, this.#keys.get(rank)?.seenAt ?? at);
    this.#keys.set(rank, { key, seenAt, turn: this.#turn++ });
    if (this.#keys.size > this.#maxKeys) this.#evict(this.#sorted(({ turn }) => turn)[0]!);
    return undefined;
  }

  moveTo(at: number): void {
    // The end of the input expires nobody: who goes now has come so late that its time was over already.
    const now = at === Number.POSITIVE_INFINITY ? this.#watermark : at;
    const dueAt = (rank: number): number => this.#keys.get(rank)!.seenAt + this.#ttl;
    const next = (): number | undefined => this.#sorted(({ seenAt }) => seenAt).find((rank) => dueAt(rank) <= now);
    for (let rank = next(); rank !== undefined; rank = next()) {
      if (dueAt(rank) > this.#watermark) {
        this.#watermark = dueAt(rank);
        this.#windows.moveTo(this.#watermark);
        this.#told.passed(this.#watermark);
        this.#look();
      }
      if (this.#keys.has(rank)) this.#evict(rank);
    }
    this.#watermark = at;
    this.#windows.moveTo(at);
    this.#look();
  }

  advanceTo(now: number): void {
    this.#windows.advanceTo(now);
    this.#look();
  }

  /** The smallest first, ties in the order in which keys were first seen. */
  #sorted(by: (state: { readonly seenAt: number; readonly turn: number }) => number): readonly number[] {
    return [...this.#keys.keys()].toSorted((a, b) => by(this.#keys.get(a)!) - by(this.#keys.get(b)!) || a - b);
  }

  #evict(rank: number): void {
    const { key, seenAt } = this.#keys.get(rank)!;
    this.#keys.delete(rank);
    this.#told.evicted(key, this.#ttl < Number.POSITIVE_INFINITY ? seenAt : undefined, this.#windows.forget(rank));
  }

  /** Keys of which nothing is left are done with. */
  #look(): void {
    for (const rank of this.#keys.keys()) if (!this.#windows.has(rank)) this.#keys.delete(rank);
  }
}
