import type { Clock } from './clock.ts';
import type { HeldBudget } from './held-budget.ts';
import type { Processor, ProcessorContext, Refusal } from './processor.ts';
import type { Origin } from './rejection.ts';

/** What a step offers another that works within it: to the pipeline they are one. */
export class InnerContext implements ProcessorContext {
  readonly clock: Clock;
  readonly #outer: Processor;
  readonly #context: ProcessorContext;
  readonly #whenUnfinished: () => void;

  /** `whenUnfinished`: the inner one has more to fire, and whoever has it within is to see to that. */
  constructor(outer: Processor, whenUnfinished: () => void) {
    this.#outer = outer;
    this.#context = outer.context;
    this.#whenUnfinished = whenUnfinished;
    this.clock = outer.context.clock;
  }

  get stopped(): boolean {
    return this.#context.stopped;
  }

  get checkpointed(): boolean {
    return this.#context.checkpointed;
  }

  get held(): HeldBudget {
    return this.#context.held;
  }

  get slot(): number {
    return this.#context.slot;
  }

  set slot(slot: number) {
    this.#context.slot = slot;
  }

  unfinished(): void {
    this.#whenUnfinished();
  }

  origin(): Origin | undefined {
    return this.#context.origin();
  }

  resume(origin: Origin | undefined): void {
    this.#context.resume(origin);
  }

  reject(_: Processor, value: unknown, timestamp: number, refusal: Refusal): void {
    this.#context.reject(this.#outer, value, timestamp, refusal);
  }

  wakeAt(_: Processor, at: number): void {
    this.#context.wakeAt(this.#outer, at);
  }

  isTimed(): boolean {
    return this.#context.isTimed(this.#outer);
  }

  isLive(): boolean {
    return this.#context.isLive(this.#outer);
  }

  quietMs(slot: number): number {
    return this.#context.quietMs(slot);
  }

  betweenSweeps(_: Processor, act: () => void): void {
    this.#context.betweenSweeps(this.#outer, act);
  }

  satisfied(): void {
    this.#context.satisfied(this.#outer);
  }

  warn(_: Processor, message: string): void {
    this.#context.warn(this.#outer, message);
  }

  advanced(slot: number, watermark: number): void {
    this.#context.advanced(slot, watermark);
  }
}
