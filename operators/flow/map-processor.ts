import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';

export interface MapRecipe {
  readonly fn: (value: never) => unknown;
}

export function makeMap({ fn }: MapRecipe): Processor {
  return new MapProcessor(fn);
}

class MapProcessor extends Processor {
  readonly #fn: (value: never) => unknown;

  constructor(fn: (value: never) => unknown) {
    super();
    this.#fn = fn;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    let out: unknown;
    try {
      out = this.#fn(value as never);
    } catch (cause: unknown) {
      this.context.reject(this, value, timestamp, { kind: 'failed', rule: 'no error from the callback', cause });
      return;
    }
    this.counts.passed++;
    this.next.record(out, timestamp, key);
  }
}
