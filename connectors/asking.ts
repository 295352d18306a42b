import type { Clock } from '../core/clock.ts';

/** Whoever sweeps what is at hand asks again within this time. */
const askedWithinMs = 1_000;

/** Whether a job asks a reader for more: only then is a partition that gives nothing a quiet one. */
export class Asking {
  readonly #clock: Clock;
  #isAsking = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The job asks for more, or has got it. */
  asked(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#askedAt = this.#clock.now();
  }

  /** It does, or has done so a moment ago. */
  isRecent(now: number): boolean {
    return this.#isAsking || now - this.#askedAt < askedWithinMs;
  }
}
