import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';
import { isRow, RowExtender } from '../../core/row.ts';

export interface DeriveRecipe {
  readonly fields: readonly string[];
  /** One a field, in their order. */
  readonly functions: readonly ((value: never) => unknown)[];
}

export function makeDerive(options: DeriveRecipe): Processor {
  return new DeriveProcessor(options);
}

class DeriveProcessor extends Processor {
  readonly #fields: readonly string[];
  readonly #functions: DeriveRecipe['functions'];
  readonly #rows: RowExtender;
  readonly #derived: unknown[];

  constructor({ fields, functions }: DeriveRecipe) {
    super();
    this.#fields = fields;
    this.#functions = functions;
    this.#rows = new RowExtender(fields);
    this.#derived = fields.map(() => undefined);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (!isRow(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    let index = 0;
    try {
      for (; index < this.#functions.length; index++) {
        const derive = this.#functions[index] as (value: unknown) => unknown;
        this.#derived[index] = derive(value);
      }
    } catch (cause: unknown) {
      const field = this.#fields[index] as string;
      this.context.reject(this, value, timestamp, { kind: 'failed', field, rule: 'no error from the callback', cause });
      return;
    }
    this.counts.passed++;
    this.next.record(this.#rows.extend(value, this.#derived), timestamp, key);
  }
}
