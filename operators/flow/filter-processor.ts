import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';

export interface FilterRecipe {
  readonly fn: (value: never) => unknown;
}

export function makeFilter({ fn }: FilterRecipe): Processor {
  return new FilterProcessor(fn);
}

class FilterProcessor extends Processor {
  readonly #fn: (value: never) => unknown;

  constructor(fn: (value: never) => unknown) {
    super();
    this.#fn = fn;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    let keep: unknown;
    try {
      keep = this.#fn(value as never);
    } catch (cause: unknown) {
      this.context.reject(this, value, timestamp, { kind: 'failed', rule: 'no error from the callback', cause });
      return;
    }
    if (!keep) {
      this.counts.filtered++;
      return;
    }
    this.counts.passed++;
    this.next.record(value, timestamp, key);
  }
}
