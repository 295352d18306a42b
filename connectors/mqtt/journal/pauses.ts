import type { Clock } from '../../../core/clock.ts';

const firstMs = 250;
const longestMs = 30_000;

/** Pauses between attempts, each twice as long as the one before. */
export class Pauses {
  readonly #clock: Clock;
  #ms = firstMs;
  #end = (): void => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Kept when the next one is over. */
  async next(): Promise<void> {
    const ms = this.#ms;
    this.#ms = Math.min(ms * 2, longestMs);
    let cancel = (): void => {};
    await new Promise<void>((resolve) => {
      cancel = this.#clock.wakeAt(this.#clock.now() + ms, resolve);
      this.#end = resolve;
    });
    cancel();
  }

  /** It has gone well. */
  over(): void {
    this.#ms = firstMs;
  }

  /** Nobody waits any longer. */
  end(): void {
    this.#end();
  }
}
