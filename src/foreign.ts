import { type OperatorFunction, Subject, type Subscription } from 'rxjs';
import { StreamError } from '../core/errors.ts';
import type { Key } from '../core/key.ts';
import { Processor } from '../core/processor.ts';
import { plainRecipe, type Step } from '../core/recipe.ts';

/** The step of an RxJS operator that is not ours: nobody can see inside it. */
export function foreignStep(operator: OperatorFunction<never, unknown>, stateless: boolean): Step {
  return {
    recipe: {
      ...plainRecipe,
      operator: 'through',
      options: { stateless },
      ...(stateless ? {} : { opaque: true }),
      fields: { reads: 'all', writes: [], keepsOthers: false },
      summary: operator.name,
    },
    make: () => new Foreign(operator),
  };
}

/**
 * Feeds a foreign operator through a Subject. What it emits during the call inherits the record's time, key and origin;
 * what it emits later has none of them, and is an error under a checkpoint. Its completion is the end of what comes from here: the steps behind it fire.
 */
class Foreign extends Processor {
  readonly #operator: OperatorFunction<never, unknown>;
  readonly #input = new Subject<unknown>();
  #subscription: Subscription | undefined;
  #under: { readonly timestamp: number; readonly key: Key } | undefined;
  #emitted = 0;
  #failure: { readonly cause: unknown } | undefined;
  /** Partitions that have been heard of: before any event time, each is told of the end by itself. */
  readonly #slots = new Set<number>();
  #ending = false;
  #completed = false;
  #passedEnd = false;
  #whenCompleted = (): void => {};

  constructor(operator: OperatorFunction<never, unknown>) {
    super();
    this.#operator = operator;
  }

  override open(): void {
    this.#subscription = this.#operator(this.#input as never).subscribe({
      next: (value) => this.#emit(value),
      error: (cause: unknown) => this.#fail(cause),
      complete: () => this.#complete(),
    });
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    this.#under = { timestamp, key };
    this.#emitted = 0;
    this.#input.next(value);
    this.#under = undefined;
    if (this.#emitted === 0) this.counts.filtered++;
    this.#check();
    if (this.#completed) this.#passEnd();
  }

  /** The end is the operator's to say: it may have something left. */
  override watermark(at: number): void {
    this.#slots.add(this.context.slot);
    if (at < Number.POSITIVE_INFINITY && !this.#completed) this.next.watermark(at);
  }

  override idle(on: boolean): void {
    this.#slots.add(this.context.slot);
    this.next.idle(on);
  }

  override end(): void {
    this.#ending = true;
    this.#input.complete();
    this.#check();
  }

  override holding(): Promise<void> | undefined {
    return this.#completed ? undefined : new Promise((resolve) => (this.#whenCompleted = resolve));
  }

  override close(): void {
    this.#subscription?.unsubscribe();
    this.#whenCompleted();
  }

  #emit(value: unknown): void {
    if (this.#failure !== undefined) return;
    if (this.#under === undefined) {
      if (this.context.checkpointed) this.#fail(lateEmission());
      else this.context.betweenSweeps(this, () => this.#emitLater(value));
      return;
    }
    try {
      if (this.#emitted++ === 0) this.counts.passed++;
      else this.counts.made++;
      this.next.record(value, this.#under.timestamp, this.#under.key);
    } catch (cause: unknown) {
      this.#fail(cause);
    }
  }

  /** Without a record there is no key: behind `keyBy` nobody could tell whose it is. */
  #emitLater(value: unknown): void {
    const keys = this.keys!;
    if (keys.fields.length === 0) {
      this.counts.made++;
      this.next.record(value, Number.NaN, keys.at(0));
    } else {
      const rule = 'emitted during the call, where records have keys; use mapAsync';
      this.context.reject(this, value, Number.NaN, { kind: 'invalid', rule, received: value });
    }
  }

  #complete(): void {
    this.#completed = true;
    this.context.betweenSweeps(this, () => {
      this.#passEnd();
      this.#whenCompleted();
    });
  }

  #passEnd(): void {
    if (this.#passedEnd) return;
    this.#passedEnd = true;
    for (const slot of this.#slots) {
      this.context.slot = slot;
      this.next.watermark(Number.POSITIVE_INFINITY);
    }
    if (!this.#ending) this.context.satisfied(this);
  }

  /** RxJS would report a throw to nobody: it is kept until the operator has returned. */
  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    if (this.#under === undefined && !this.#ending) this.context.betweenSweeps(this, () => this.#check());
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}

/** It was declared stateless, and has held something back. */
function lateEmission(): StreamError {
  const what =
    'a foreign operator must emit within the call for a record where there is a checkpoint, and emitted outside of it';
  return new StreamError(
    'ML_FOREIGN',
    `through: ${what}; what it holds back would be lost: use mapAsync, or a step of ours`,
  );
}
