import { ConnectorError } from '../../core/errors.ts';
import type { RunSettings } from './run-options.ts';

/** Counts restarts since the last completed checkpoint, and says how long to wait before the next. */
export class Restarts {
  readonly #settings: RunSettings['restart'];
  readonly #random: () => number;
  #since = 0;

  constructor(settings: RunSettings['restart'], random: () => number = Math.random) {
    this.#settings = settings;
    this.#random = random;
  }

  /** A checkpoint is complete: what had gone wrong is over. */
  begin(): void {
    this.#since = 0;
  }

  /**
   * The pause in ms before the next attempt; nothing where there is none: the error will not pass, or too many attempts have
   * failed. Half of the pause is jittered, so that the jobs of a fleet do not come back at the same moment.
   */
  pauseAfter(cause: unknown): number | undefined {
    const { attempts, firstMs, longestMs } = this.#settings;
    if (!(cause instanceof ConnectorError && cause.retryable) || this.#since >= attempts) return undefined;
    const whole = Math.min(longestMs, firstMs * 2 ** this.#since++);
    return whole / 2 + (whole / 2) * this.#random();
  }
}
