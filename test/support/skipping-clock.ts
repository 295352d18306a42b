import type { Clock } from '../../core/clock.ts';

/** Time that passes only where somebody waits for it, and then at once. */
export class SkippingClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const waiting = setImmediate(() => {
      this.#now = Math.max(this.#now, at);
      wake();
    });
    return () => clearImmediate(waiting);
  }
}
