import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';
import { isRow, RowRenamer } from '../../core/row.ts';

export interface RenameRecipe {
  /** Old name and new name. */
  readonly names: readonly (readonly [string, string])[];
}

export function makeRename({ names }: RenameRecipe): Processor {
  return new RenameProcessor(names);
}

class RenameProcessor extends Processor {
  readonly #rows: RowRenamer;

  constructor(names: RenameRecipe['names']) {
    super();
    this.#rows = new RowRenamer(new Map(names));
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (!isRow(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    this.counts.passed++;
    this.next.record(this.#rows.rename(value), timestamp, key);
  }
}
