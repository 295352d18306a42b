import { Evictions } from '../../core/evictions.ts';
import { InnerContext } from '../../core/inner-context.ts';
import type { Key } from '../../core/key.ts';
import { KeyExpiry } from '../../core/key-expiry.ts';
import { isLimited, type KeyLimitsRecipe } from '../../core/key-limits.ts';
import { Pieces } from '../../core/pieces.ts';
import { fireBudget, Processor } from '../../core/processor.ts';
import type { Piece } from '../../core/snapshot.ts';
import { type KeyWatcher, StepKeys } from './step-keys.ts';

/** Windows that can let go of one key, while none of them fires. */
export interface KeyWindows extends Processor {
  /** Drops all that is kept for the key, and answers it as a person would want to see it. */
  evict(id: number): Readonly<Record<string, unknown>>;
}

/** Windows without limits are left as they are: what nobody asked for costs nothing. */
export function limited(windows: KeyWindows, limits: KeyLimitsRecipe): Processor {
  return isLimited(limits) ? new LimitedWindows(windows, limits) : windows;
}

/**
 * Windows, and around them who forgets their keys. A watermark stops at each moment at which a key expires: windows that end
 * there or before fire first, and what has expired is in no later one.
 */
class LimitedWindows extends Processor implements KeyWatcher {
  readonly #windows: KeyWindows;
  readonly #expires: boolean;
  readonly #expiry: KeyExpiry;
  readonly #evictions: Evictions;
  #held!: StepKeys;
  readonly #order = (id: number): number => this.keys!.at(id).order;
  /** Of the record under way. */
  #timestamp: number = Number.NaN;
  /** How far the windows have come; NaN where nobody knows. */
  #reached: number = Number.NEGATIVE_INFINITY;
  #watermark: number = Number.NEGATIVE_INFINITY;
  #firing = false;
  /** Whether the windows have more to fire. */
  #unfinished = false;
  /** Whether the watermark has still to be passed on. */
  #passing = false;
  #idle: boolean | undefined;

  constructor(windows: KeyWindows, limits: KeyLimitsRecipe) {
    super();
    windows.counts = this.counts;
    this.#windows = windows;
    this.#expires = limits.ttlMs < Number.POSITIVE_INFINITY;
    this.#expiry = new KeyExpiry(limits);
    this.#evictions = new Evictions(this, limits);
  }

  override open(): void {
    const windows = this.#windows;
    this.#held = new StepKeys(this.keys!, this);
    windows.keys = this.#held;
    windows.next = this.next;
    windows.context = new InnerContext(this, () => this.#hasMore());
    windows.open();
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    // Somebody upstream emits in a loop and moves the time in between: what is due leaves before the record comes in.
    if (this.#firing) while (this.fire(fireBudget) === 'more');
    const { absorbed } = this.counts;
    this.#timestamp = timestamp;
    this.#windows.record(value, timestamp, key);
    if (this.counts.absorbed === absorbed || !this.#held.has(key.id)) return;
    const expiry = this.#expiry;
    expiry.see(key.id, timestamp);
    for (let id = expiry.surplus; id >= 0; id = expiry.surplus) this.#evict(id, 'made room');
  }

  override watermark(at: number): void {
    if (!this.#expires) {
      this.#windows.watermark(at);
      return;
    }
    this.#watermark = at;
    this.#expiry.advance(at);
    if (this.#firing) this.#passing = true;
    else if (!this.#expiry.isDue) this.#reach(at);
    else {
      this.#passing = true;
      if (this.fire(fireBudget) === 'more') this.context.unfinished(this);
    }
  }

  override idle(on: boolean): void {
    if (this.#expires && this.#firing) this.#idle = on;
    else this.#windows.idle(on);
  }

  override onTime(now: number): void {
    this.#windows.onTime(now);
  }

  /** Rows count, and keys that are looked at. */
  override fire(budget: number): 'done' | 'more' {
    this.#firing = true;
    let left = budget;
    while (!this.context.stopped && (this.#unfinished || this.#expiry.isDue || this.#passing)) {
      if (left <= 0) return 'more';
      const { made } = this.counts;
      this.#goOn(left);
      left -= 1 + this.counts.made - made;
    }
    this.#firing = false;
    if (this.#idle !== undefined) this.#windows.idle(this.#idle);
    this.#idle = undefined;
    return 'done';
  }

  /** The windows' own, and with it when their keys were seen: a column that windows without limits do not look at. */
  override snapshot(): Iterable<Piece> {
    const windows = this.#windows.snapshot();
    const expiry = this.#expiry.snapshot();
    return new Pieces(function* (): Generator<Piece> {
      const pieces = windows[Symbol.iterator]();
      yield { ...(pieces.next().value as Piece | undefined), expiry };
      for (let next = pieces.next(); next.done !== true; next = pieces.next()) yield next.value;
    });
  }

  override restore(pieces: Iterable<Piece>): void {
    const all = [...pieces];
    this.#timestamp = Number.NaN;
    this.#windows.restore(all);
    const expiry = all[0]?.['expiry'];
    if (expiry !== undefined) this.#expiry.restore(expiry as Piece, this.#order);
    this.#reached = expiry === undefined ? Number.NaN : this.#expiry.now;
  }

  began(key: Key): void {
    this.#expiry.add(key, this.#timestamp);
  }

  ended(key: Key): void {
    this.#expiry.remove(key.id);
  }

  #goOn(budget: number): void {
    if (this.#unfinished) this.#unfinished = this.#windows.fire(budget) === 'more';
    else if (this.#expiry.isDue) this.#expireNext();
    else {
      this.#passing = false;
      this.#reach(this.#watermark);
    }
  }

  #expireNext(): void {
    const id = this.#expiry.look(this.#order);
    if (id < 0) return;
    const at = this.#expiry.expiresAt(id);
    // What fires up to there may leave nothing of the key.
    if (at > this.#reached) this.#reach(at);
    else this.#evict(id, 'expired');
  }

  #reach(at: number): void {
    this.#reached = at;
    this.#windows.watermark(at);
  }

  #evict(id: number, why: 'expired' | 'made room'): void {
    const key = this.keys!.at(id);
    const timestamp = this.#expiry.seenAt(id);
    this.#evictions.tell(key, timestamp, why, this.#windows.evict(id));
  }

  #hasMore(): void {
    this.#unfinished = true;
    if (this.#firing) return;
    this.#firing = true;
    this.context.unfinished(this);
  }
}
