import type { Key } from '../../core/key.ts';
import { isMissing } from '../../core/missing.ts';
import { Processor } from '../../core/processor.ts';
import type { Row } from '../../core/row.ts';

export interface DropMissingRecipe {
  readonly fields: readonly string[];
}

export function makeDropMissing({ fields }: DropMissingRecipe): Processor {
  return new DropMissingProcessor(fields);
}

class DropMissingProcessor extends Processor {
  readonly #fields: readonly string[];

  constructor(fields: readonly string[]) {
    super();
    this.#fields = fields;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const row = value as Row | null | undefined;
    const fields = this.#fields;
    for (let index = 0; index < fields.length; index++) {
      if (isMissing(row?.[fields[index] as string])) {
        this.counts.filtered++;
        return;
      }
    }
    this.counts.passed++;
    this.next.record(value, timestamp, key);
  }
}
