import type { SchedulerLike } from 'rxjs';
import type { Clock } from '../../core/clock.ts';
import { ManualClock } from './manual-clock.ts';

/** Processing time in frames: what is due at a frame happens before anything else in it. */
export class FrameClock implements Clock {
  readonly #alarms = new ManualClock();
  readonly #scheduler: SchedulerLike;
  readonly #began: number;
  /** Called when something is due; it catches up. */
  readonly #due: () => void;

  constructor(scheduler: SchedulerLike, due: () => void) {
    this.#scheduler = scheduler;
    this.#began = scheduler.now();
    this.#due = due;
  }

  /** The frame that is being played. */
  get frame(): number {
    return this.#scheduler.now() - this.#began;
  }

  /** The frame that it has caught up with. */
  now(): number {
    return this.#alarms.now();
  }

  wakeAt(at: number, wake: () => void): () => void {
    const cancel = this.#alarms.wakeAt(at, wake);
    if (at < Number.POSITIVE_INFINITY) this.#scheduler.schedule(this.#due, Math.max(0, at - this.frame));
    return cancel;
  }

  /** Wakes whoever is due by now. */
  catchUp(): void {
    this.#alarms.advanceTo(this.frame);
  }
}
