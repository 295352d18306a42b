import type { Clock } from './clock.ts';

/** Measures for how long a partition that is asked all the time has been silent, and tells when that is long enough for somebody. */
export class Silence {
  readonly #clock: Clock;
  readonly #lengths: readonly number[];
  readonly #tell: (isSilent: boolean, forMs: number) => void;
  #since: number;
  /** How many of the lengths have been reached. */
  #reached = 0;
  #cancel: (() => void) | undefined;

  /** `lengths`: in ms, the shortest first. Begins to measure at once. `tell` is called at each of them, and when it is over. */
  constructor(clock: Clock, lengths: readonly number[], tell: (isSilent: boolean, forMs: number) => void) {
    this.#clock = clock;
    this.#lengths = lengths;
    this.#tell = tell;
    this.#since = lengths.length === 0 ? 0 : clock.now();
    this.#wait();
  }

  /** The partition speaks: to be called before its record goes in. */
  broken(): void {
    if (this.#lengths.length === 0) return;
    this.#since = this.#clock.now();
    // Before the first length is reached the alarm may come too early: it will be set again. So a record costs a look at the clock.
    if (this.#reached === 0) return;
    this.#reached = 0;
    this.close();
    this.#wait();
    this.#tell(false, 0);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    const length = this.#lengths[this.#reached];
    if (length !== undefined) this.#cancel = this.#clock.wakeAt(this.#since + length, () => this.#look());
  }

  #look(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    const length = this.#lengths[this.#reached] as number;
    const isLong = now - this.#since >= length;
    if (isLong) {
      this.#reached++;
      // A clock that was set forward: not all of that was silence.
      this.#since = now - length;
    }
    this.#wait();
    if (isLong) this.#tell(true, length);
  }
}
