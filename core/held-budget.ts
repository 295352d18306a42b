import { bytesOf } from './bytes-of.ts';

/** What a held record costs beside its value: its place, its time, its key, where it came from. */
const besideValue = 100;

/** What one step holds back. */
export class HeldShare {
  bytes = 0;
  /** Has the step let its oldest go before their time; of one that may not, nothing. */
  readonly hurry: (() => void) | undefined;
  readonly #budget: HeldBudget;

  constructor(budget: HeldBudget, hurry: (() => void) | undefined) {
    this.#budget = budget;
    this.hurry = hurry;
  }

  /** Whether it is for this step to let its oldest go. */
  get isTooMuch(): boolean {
    return this.#budget.isOver && this.#budget.largest === this;
  }

  /** Counts a record that is held from now on; answers its bytes, to be given back with `release`. */
  hold(value: unknown): number {
    if (!this.#budget.isLimited) return 0;
    const bytes = besideValue + bytesOf(value);
    this.bytes += bytes;
    this.#budget.add(bytes, this);
    return bytes;
  }

  release(bytes: number): void {
    this.bytes -= bytes;
    this.#budget.add(-bytes, this);
  }
}

/**
 * How many bytes the steps of a pipeline hold back, all together, and how many they may. What waits for its time is let go
 * beyond that, from where most of it waits. What waits for a call cannot be: there the input has to wait. How much that is
 * depends on when calls answer, so it does not count where records are let go: these are the same ones in every run.
 */
export class HeldBudget {
  readonly limit: number;
  readonly isLimited: boolean;
  /** All that is held. */
  bytes = 0;
  #bytesInHand = 0;
  readonly #shares: HeldShare[] = [];

  constructor(limit: number = Number.POSITIVE_INFINITY) {
    this.limit = limit;
    this.isLimited = limit < Number.POSITIVE_INFINITY;
  }

  /** Too much waits for its time. */
  get isOver(): boolean {
    return this.#bytesInHand > this.limit;
  }

  /** More is held than may be, for whatever reason. */
  get isFull(): boolean {
    return this.bytes > this.limit;
  }

  /** Where most waits for its time; of equal ones the step that stands first. */
  get largest(): HeldShare {
    return this.#shares.reduce((most, each) => (each.bytes > most.bytes ? each : most));
  }

  share(hurry?: () => void): HeldShare {
    const share = new HeldShare(this, hurry);
    if (hurry !== undefined) this.#shares.push(share);
    return share;
  }

  add(bytes: number, share: HeldShare): void {
    this.bytes += bytes;
    if (share.hurry !== undefined) this.#bytesInHand += bytes;
  }
}
