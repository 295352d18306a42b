import type { Clock } from '../../core/clock.ts';
import { durationText } from '../../core/duration.ts';
import { StreamError } from '../../core/errors.ts';
import { Call, type CallFunction } from './call.ts';

export interface CallsOptions {
  readonly fn: CallFunction;
  /** +Infinity: a call may take for ever. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** A call has answered. */
  readonly answered: () => void;
  /** `expire` is to be called at this moment. */
  readonly wakeAt: (at: number) => void;
}

/** The calls for the first records in line, the oldest first. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #calls: Call[] = [];

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#calls.length;
  }

  /** Whether the oldest has its answer. */
  get isFirstAnswered(): boolean {
    return this.#calls.length > 0 && this.#calls[0]?.state !== 'waits';
  }

  make(value: unknown): Call {
    const { fn, timeoutMs, clock, answered, wakeAt } = this.#options;
    if (timeoutMs === Number.POSITIVE_INFINITY) return new Call(fn, value, timeoutMs, answered);
    const call = new Call(fn, value, clock.now() + timeoutMs, answered);
    if (call.state === 'waits') wakeAt(call.deadline);
    return call;
  }

  push(call: Call): void {
    this.#calls.push(call);
  }

  shift(): Call {
    return this.#calls.shift() as Call;
  }

  /** Gives up those that have taken too long. */
  expire(now: number): void {
    const { timeoutMs, wakeAt } = this.#options;
    for (const call of this.#calls) {
      if (call.state !== 'waits') continue;
      if (call.deadline > now) wakeAt(call.deadline);
      else {
        const within = `within ${durationText(timeoutMs)}`;
        call.expire(`an answer ${within}`, new StreamError('ML_TIMEOUT', `mapAsync: no answer ${within}`));
      }
    }
  }

  /** Nobody waits for any of them. */
  leave(): void {
    for (const call of this.#calls) call.leave();
  }
}
