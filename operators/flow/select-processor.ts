import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';
import { isRow, RowSelector } from '../../core/row.ts';

export interface SelectRecipe {
  readonly fields: readonly string[];
}

export function makeSelect({ fields }: SelectRecipe): Processor {
  return new SelectProcessor(fields);
}

class SelectProcessor extends Processor {
  readonly #rows: RowSelector;

  constructor(fields: readonly string[]) {
    super();
    this.#rows = new RowSelector(fields);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (!isRow(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    this.counts.passed++;
    this.next.record(this.#rows.select(value), timestamp, key);
  }
}
