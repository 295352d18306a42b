import { durationText } from './duration.ts';
import type { Key } from './key.ts';
import type { KeyLimitsRecipe } from './key-limits.ts';
import type { Processor } from './processor.ts';

/** How a step tells that what it kept for a key has gone. */
export class Evictions {
  readonly #step: Processor;
  readonly #expired: string;
  readonly #madeRoom: string;

  constructor(step: Processor, { ttlMs, maxKeys }: KeyLimitsRecipe) {
    this.#step = step;
    this.#expired = `seen within ${durationText(ttlMs)}`;
    this.#madeRoom = `among the ${maxKeys} keys seen last`;
  }

  /** `received`: what went, as plain data for a person. It is no record, and has no origin. */
  tell(key: Key, timestamp: number, why: 'expired' | 'made room', received: Readonly<Record<string, unknown>>): void {
    const { context } = this.#step;
    const rule = why === 'expired' ? this.#expired : this.#madeRoom;
    const origin = context.origin();
    context.resume(undefined);
    context.reject(this.#step, this.#fieldsOf(key), timestamp, { kind: 'evicted', rule, received });
    context.resume(origin);
  }

  #fieldsOf({ value }: Key): Readonly<Record<string, unknown>> {
    const { fields } = this.#step.keys!;
    if (fields.length === 1) return { [fields[0] as string]: value };
    return Object.fromEntries(fields.map((name, index) => [name, (value as readonly unknown[])[index]]));
  }
}
