import type { Clock } from '../../../core/clock.ts';

/** It is noted within this time, where no message comes with which it can be. */
const withinMs = 1_000;

/** Up to which message the job is done, and whether the journal says so. What it does not say comes again where there is no checkpoint. */
export class DoneMark {
  readonly #clock: Clock;
  readonly #due: () => void;
  #noted: number;
  #cancel: (() => void) | undefined;
  number: number;

  /** `due`: it is time to note it by itself. */
  constructor(number: number, clock: Clock, due: () => void) {
    this.number = number;
    this.#noted = number;
    this.#clock = clock;
    this.#due = due;
  }

  get isToBeNoted(): boolean {
    return this.number > this.#noted;
  }

  moveTo(number: number): void {
    if (number <= this.number) return;
    this.number = number;
    this.#cancel ??= this.#clock.wakeAt(this.#clock.now() + withinMs, () => {
      this.#cancel = undefined;
      if (this.isToBeNoted) this.#due();
    });
  }

  noted(number: number): void {
    this.#noted = number;
  }

  close(): void {
    this.#cancel?.();
  }
}
