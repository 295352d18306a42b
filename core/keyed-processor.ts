import { grown } from './columns.ts';
import { Evictions } from './evictions.ts';
import type { Key } from './key.ts';
import { KeyExpiry } from './key-expiry.ts';
import { isLimited, type KeyLimitsRecipe } from './key-limits.ts';
import { fireBudget, Processor } from './processor.ts';
import type { Piece } from './snapshot.ts';

/**
 * A step that keeps something for each key until the key expires or makes room for another: for ever, where nothing limits it.
 *
 * Of each record that uses a key: count its outcome, then call `seen` where `limited`, then, where the key has no state, `keep`.
 * In this order, for a policy may end the stream when a key is evicted.
 */
export abstract class KeyedProcessor extends Processor {
  /** Whether keys are ever forgotten; where not, `seen` need not be called. */
  protected readonly limited: boolean;
  readonly #expiry: KeyExpiry | undefined;
  /** Keys with state, as they came; where keys are forgotten, the last takes the place of one that leaves. */
  readonly #ids: number[] = [];
  /** By id: its place among them. Only where keys are forgotten. */
  #places = new Float64Array(0);
  readonly #order = (id: number): number => this.keys!.at(id).order;
  readonly #evictions: Evictions;
  #firing = false;
  #idle: boolean | undefined;
  #watermark: number = Number.NEGATIVE_INFINITY;

  constructor(limits: KeyLimitsRecipe) {
    super();
    this.limited = isLimited(limits);
    this.#expiry = this.limited ? new KeyExpiry(limits) : undefined;
    this.#evictions = new Evictions(this, limits);
  }

  /** Drops the state of a key, and answers what it was, as plain data for a person. */
  protected abstract forget(id: number): Readonly<Record<string, unknown>>;

  /** The ids of the keys that have state. */
  protected get ids(): readonly number[] {
    return this.#ids;
  }

  /** A record of the key has come. State that has expired is gone behind this. */
  protected seen(key: Key, timestamp: number): void {
    if (this.#firing) while (this.fire(fireBudget) === 'more');
    if (this.#ids[this.#places[key.id] as number] === key.id) this.#expiry?.see(key.id, timestamp);
  }

  /** The key has state from now on. Another may have to make room for it. */
  protected keep(key: Key, timestamp: number): void {
    this.#add(key, timestamp);
    const expiry = this.#expiry;
    if (expiry === undefined) return;
    for (let id = expiry.surplus; id >= 0; id = expiry.surplus) this.#evict(id, 'made room');
  }

  override watermark(at: number): void {
    const expiry = this.#expiry;
    if (expiry === undefined) {
      this.next.watermark(at);
      return;
    }
    this.#watermark = at;
    expiry.advance(at);
    if (this.#firing) return;
    if (!expiry.isDue) this.next.watermark(at);
    else if (this.fire(fireBudget) === 'more') this.context.unfinished(this);
  }

  override idle(on: boolean): void {
    if (this.#firing) this.#idle = on;
    else this.next.idle(on);
  }

  /** Forgets keys that have expired, the one that did first in front; each that is looked at counts. */
  override fire(budget: number): 'done' | 'more' {
    const expiry = this.#expiry as KeyExpiry;
    this.#firing = true;
    for (let left = budget; expiry.isDue && !this.context.stopped; left--) {
      if (left === 0) return 'more';
      const id = expiry.look(this.#order);
      if (id >= 0) this.#evict(id, 'expired');
    }
    this.#firing = false;
    this.next.watermark(this.#watermark);
    if (this.#idle !== undefined) this.next.idle(this.#idle);
    this.#idle = undefined;
    return 'done';
  }

  /** For `snapshot`: which keys have state, in the order of `ids`, and when they were seen. */
  protected keysSnapshot(): Piece {
    const keys = Int32Array.from(this.#ids);
    return this.#expiry === undefined ? { keys } : { keys, expiry: this.#expiry.snapshot() };
  }

  /** For `restore`, before the state: takes up what `keysSnapshot` gave, and answers the ids. */
  protected restoreKeys({ keys, expiry }: Piece): readonly number[] {
    const ids = [...(keys as Int32Array)];
    for (const id of ids) this.#add(this.keys!.at(id), Number.NaN);
    if (expiry !== undefined) this.#expiry?.restore(expiry as Piece, this.#order);
    return ids;
  }

  #add(key: Key, timestamp: number): void {
    this.keys!.hold(key);
    const place = this.#ids.push(key.id) - 1;
    if (this.#expiry === undefined) return;
    if (key.id >= this.#places.length) {
      this.#places = grown(this.#places, Math.max(16, 2 * this.#places.length, key.id + 1));
    }
    this.#places[key.id] = place;
    this.#expiry.add(key, timestamp);
  }

  #evict(id: number, why: 'expired' | 'made room'): void {
    const key = this.keys!.at(id);
    const timestamp = this.#expiry?.seenAt(id) ?? Number.NaN;
    const received = this.forget(id);
    this.#expiry?.remove(id);
    const last = this.#ids.pop() as number;
    if (last !== id) {
      const place = this.#places[id] as number;
      this.#ids[place] = last;
      this.#places[last] = place;
    }
    this.keys!.release(key);
    this.#evictions.tell(key, timestamp, why, received);
  }
}
