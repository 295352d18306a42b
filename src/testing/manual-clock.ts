import type { Clock } from '../../core/clock.ts';
import { ArgumentError } from '../../core/errors.ts';

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

/** Processing time that moves only when told to. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Moves on, stopping at every alarm on the way, the earliest first. */
  advanceTo(time: number): void {
    if (!(time >= this.#now)) throw new ArgumentError('advanceTo', 'processingTime', `at least ${this.#now}`, time);
    for (let alarm = this.#next(time); alarm !== undefined; alarm = this.#next(time)) {
      this.#alarms.delete(alarm);
      this.#now = Math.max(this.#now, alarm.at);
      alarm.wake();
    }
    this.#now = time;
  }

  #next(until: number): Alarm | undefined {
    let earliest: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= until && (earliest === undefined || alarm.at < earliest.at)) earliest = alarm;
    }
    return earliest;
  }
}
