import { grown, picked } from './columns.ts';
import { IdHeap } from './id-heap.ts';
import type { Key } from './key.ts';
import type { KeyLimitsRecipe } from './key-limits.ts';
import type { Piece } from './snapshot.ts';
import { Turns } from './turns.ts';

/**
 * When the keys of a step were last seen: in event time, for those that expire, and by turn, for those that make room for others.
 * To see a key is to write a number or two: a key stands in the heap under a moment at which it cannot have expired before, and
 * is looked at again only then.
 */
export class KeyExpiry {
  readonly #ttlMs: number;
  readonly #maxKeys: number;
  readonly #expires: boolean;
  readonly #makesRoom: boolean;
  /** By id: the newest timestamp; -Infinity as long as no watermark has said what time it is. */
  #seenAt = new Float64Array(0);
  readonly #due = new IdHeap();
  readonly #turns = new Turns();
  #size = 0;
  #now: number = Number.NEGATIVE_INFINITY;

  constructor({ ttlMs, maxKeys }: KeyLimitsRecipe) {
    this.#ttlMs = ttlMs;
    this.#maxKeys = maxKeys;
    this.#expires = ttlMs < Number.POSITIVE_INFINITY;
    this.#makesRoom = maxKeys < Number.POSITIVE_INFINITY;
  }

  /** A key that has state from now on. `timestamp`: NaN where nobody knows. */
  add({ id, order }: Key, timestamp: number): void {
    this.#size++;
    if (this.#makesRoom) this.#turns.take(id);
    if (!this.#expires) return;
    if (id >= this.#seenAt.length) this.#seenAt = grown(this.#seenAt, Math.max(16, 2 * this.#seenAt.length, id + 1));
    const at = Number.isNaN(timestamp) ? this.#now : timestamp;
    this.#seenAt[id] = at;
    this.#due.set(id, at + this.#ttlMs, order);
  }

  /** A key that has state already. */
  see(id: number, timestamp: number): void {
    if (this.#makesRoom) this.#turns.take(id);
    if (this.#expires && timestamp > (this.#seenAt[id] as number)) this.#seenAt[id] = timestamp;
  }

  remove(id: number): void {
    this.#size--;
    this.#turns.remove(id);
    this.#due.remove(id);
  }

  /** The key that has to go because there are too many; -1 where there are not. */
  get surplus(): number {
    return this.#size > this.#maxKeys ? this.#turns.first : -1;
  }

  /** The last watermark but that of the end. */
  get now(): number {
    return this.#now;
  }

  /** The end of the input expires nobody: state is dropped with the step. */
  advance(at: number): void {
    if (at < Number.POSITIVE_INFINITY) this.#now = at;
  }

  /** Whether there is a key to look at. */
  get isDue(): boolean {
    return this.#due.least <= this.#now && this.#now > Number.NEGATIVE_INFINITY;
  }

  /** Looks at the next key that is due: its id if it has expired, -1 if that has still to be seen. Only where one is due. */
  look(order: (id: number) => number): number {
    const id = this.#due.first;
    if (this.#seenAt[id] === Number.NEGATIVE_INFINITY) this.#seenAt[id] = this.#now;
    const at = (this.#seenAt[id] as number) + this.#ttlMs;
    // One that was seen since is put where it belongs, so that keys leave in the order of time.
    if (at <= this.#due.least) return id;
    this.#due.set(id, at, order(id));
    return -1;
  }

  /** The watermark at which a key expires that `look` has answered. */
  expiresAt(id: number): number {
    return this.#due.valueOf(id);
  }

  /** NaN where nobody knows. */
  seenAt(id: number): number {
    const at = this.#expires ? (this.#seenAt[id] as number) : Number.NaN;
    return at === Number.NEGATIVE_INFINITY ? Number.NaN : at;
  }

  snapshot(): Piece {
    const ids = this.#due.ids();
    return {
      now: this.#now,
      turns: Int32Array.from(this.#turns.ids()),
      due: Int32Array.from(ids),
      dueAt: Float64Array.from(ids, (id) => this.#due.valueOf(id)),
      seenAt: picked(this.#seenAt, ids),
    };
  }

  /** When keys have been added that had state: those of which it was known are as they were. */
  restore({ now, turns, due, dueAt, seenAt }: Piece, order: (id: number) => number): void {
    this.#now = now as number;
    if (this.#makesRoom) for (const id of turns as Int32Array) this.#turns.take(id);
    if (!this.#expires) return;
    // In the order of the heap, so that it becomes the same.
    const ids = due as Int32Array;
    for (const id of ids) this.#due.remove(id);
    ids.forEach((id, index) => {
      this.#seenAt[id] = (seenAt as Float64Array)[index] as number;
      this.#due.set(id, (dueAt as Float64Array)[index] as number, order(id));
    });
  }
}
