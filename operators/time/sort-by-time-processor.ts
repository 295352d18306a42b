import type { HeldShare } from '../../core/held-budget.ts';
import type { Key } from '../../core/key.ts';
import { fireBudget, Processor } from '../../core/processor.ts';
import type { Piece } from '../../core/snapshot.ts';
import { HeldRecords } from './held-records.ts';

export interface SortByTimeRecipe {
  readonly maxHeld: number;
}

export function makeSortByTime(options: SortByTimeRecipe): Processor {
  return new SortByTimeProcessor(options);
}

/** Records leave when the watermark has passed them: none that is older can come behind. */
class SortByTimeProcessor extends Processor {
  readonly #maxHeld: number;
  #held!: HeldRecords;
  #share!: HeldShare;
  #now: number = Number.NEGATIVE_INFINITY;
  #firing = false;
  #idle: boolean | undefined;
  /** Other steps hold back too much, and this one most of it. */
  #isHurried = false;

  constructor({ maxHeld }: SortByTimeRecipe) {
    super();
    this.#maxHeld = maxHeld;
  }

  override open(): void {
    this.#share = this.context.held.share(() => this.#beHurried());
    this.#held = new HeldRecords(this.keys!, this.#share);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    // Somebody upstream emits in a loop and moves the time in between: what is due leaves before the record comes in.
    if (this.#firing) while (this.fire(fireBudget) === 'more');
    if (!(timestamp > this.#now)) {
      this.#refuse(value, timestamp);
      return;
    }
    const { slot } = this.context;
    const origin = this.context.origin();
    this.counts.held++;
    this.#held.add(value, timestamp, key, slot, origin);
    if (this.#isTooMuch) {
      // More than one where a restored snapshot was taken under a larger limit.
      while (this.#isTooMuch && !this.context.stopped) this.#letGo();
      this.context.slot = slot;
      this.context.resume(origin);
    }
    if (this.context.held.isOver) this.context.held.largest.hurry?.();
  }

  override watermark(at: number): void {
    this.#now = at;
    if (this.#firing) return;
    if (!this.#isDue) this.next.watermark(at);
    else if (this.fire(fireBudget) === 'more') this.context.unfinished(this);
  }

  /** Records that have still to leave go first. */
  override idle(on: boolean): void {
    if (this.#firing) this.#idle = on;
    else this.next.idle(on);
  }

  override fire(budget: number): 'done' | 'more' {
    this.#firing = true;
    const { slot } = this.context;
    const origin = this.context.origin();
    let left = budget;
    while (left-- > 0 && (this.#isDue || this.#isTooMuch) && !this.context.stopped) this.#letGo();
    this.context.slot = slot;
    this.context.resume(origin);
    if ((this.#isDue || this.#isTooMuch) && !this.context.stopped) return 'more';
    this.#firing = false;
    this.#isHurried = false;
    this.next.watermark(this.#now);
    if (this.#idle !== undefined) this.next.idle(this.#idle);
    this.#idle = undefined;
    return 'done';
  }

  override snapshot(): Iterable<Piece> {
    return [{ now: this.#now }, ...(this.#held.size > 0 ? [this.#held.snapshot()] : [])];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if ('now' in piece) this.#now = piece['now'] as number;
      else {
        this.#held.restore(piece);
        this.counts.held = this.#held.size;
        this.counts.restored = this.#held.size;
      }
    }
  }

  get #isDue(): boolean {
    return this.#held.size > 0 && this.#held.earliest <= this.#now;
  }

  get #isTooMuch(): boolean {
    return this.#held.size > this.#maxHeld || this.#share.isTooMuch;
  }

  #beHurried(): void {
    if (this.#isHurried) return;
    this.#isHurried = true;
    this.context.unfinished(this);
  }

  #letGo(): void {
    const held = this.#held;
    if (!this.#isDue) this.#hurry();
    held.take();
    const { value, timestamp, key } = held;
    this.context.slot = held.slot;
    this.context.resume(held.origin);
    this.counts.held--;
    this.counts.passed++;
    this.next.record(value, timestamp, key);
  }

  #hurry(): void {
    if (this.counts.hurried++ > 0) return;
    const why =
      this.#held.size > this.#maxHeld
        ? `holds ${this.#maxHeld} records, \`maxHeld\``
        : `the steps of the job hold back ${this.context.held.limit} bytes, \`maxHeldBytes\``;
    this.context.warn(this, `${why}: the oldest go on before their time`);
  }

  #refuse(value: unknown, timestamp: number): void {
    if (Number.isNaN(timestamp)) {
      const rule = 'a record with a timestamp';
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule, received: value });
    } else {
      const rule = `later than the watermark ${this.#now}`;
      this.context.reject(this, value, timestamp, { kind: 'late', rule, received: timestamp });
    }
  }
}
