import { type OperatorFunction, Subject, type Subscription } from 'rxjs';
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
      fields: { reads: 'all', writes: [], keepsOthers: false },
      summary: operator.name,
    },
    make: () => new Foreign(operator),
  };
}

/**
 * Feeds a foreign operator through a Subject. What it emits during the call inherits the record's time, key and origin;
 * what it emits later has none of them.
 */
class Foreign extends Processor {
  readonly #operator: OperatorFunction<never, unknown>;
  readonly #input = new Subject<unknown>();
  #subscription: Subscription | undefined;
  #under: { readonly timestamp: number; readonly key: Key } | undefined;
  #emitted = 0;
  #ending = false;
  #failure: { readonly cause: unknown } | undefined;
  /** Partitions whose end waits for what the operator still has to say. */
  readonly #ended: number[] = [];

  constructor(operator: OperatorFunction<never, unknown>) {
    super();
    this.#operator = operator;
  }

  override open(): void {
    this.#subscription = this.#operator(this.#input as never).subscribe({
      next: (value) => this.#emit(value),
      error: (cause: unknown) => this.#fail(cause),
      complete: () => {
        if (!this.#ending) this.context.stop();
      },
    });
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    this.#under = { timestamp, key };
    this.#emitted = 0;
    this.#input.next(value);
    this.#under = undefined;
    if (this.#emitted === 0) this.counts.filtered++;
    this.#check();
  }

  override watermark(at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.#ended.push(this.context.slot);
    else this.next.watermark(at);
  }

  override end(): void {
    this.#ending = true;
    this.#input.complete();
    this.#check();
    for (const slot of this.#ended) {
      this.context.slot = slot;
      this.next.watermark(Number.POSITIVE_INFINITY);
    }
  }

  override close(): void {
    this.#subscription?.unsubscribe();
  }

  #emit(value: unknown): void {
    if (this.#failure !== undefined) return;
    try {
      if (this.#under === undefined) {
        if (this.#ending) this.#emitLater(value);
        else this.context.betweenSweeps(() => this.#emitLater(value));
      } else {
        if (this.#emitted++ === 0) this.counts.passed++;
        else this.counts.made++;
        this.next.record(value, this.#under.timestamp, this.#under.key);
      }
    } catch (cause: unknown) {
      this.#fail(cause);
    }
  }

  /** RxJS would report a throw to nobody: it is kept until the operator has returned. */
  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    if (this.#under === undefined && !this.#ending) this.context.fail(cause);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
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
}
