import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';

export interface FlatMapRecipe {
  readonly fn: (value: never) => Iterable<unknown>;
}

export function makeFlatMap({ fn }: FlatMapRecipe): Processor {
  return new FlatMapProcessor(fn);
}

class FlatMapProcessor extends Processor {
  readonly #fn: (value: never) => Iterable<unknown>;

  constructor(fn: (value: never) => Iterable<unknown>) {
    super();
    this.#fn = fn;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const { counts, context } = this;
    let rows = 0;
    // Inside `next.record` it is not the callback that throws.
    let inside = true;
    try {
      for (const row of this.#fn(value as never)) {
        if (rows++ === 0) counts.passed++;
        else counts.made++;
        inside = false;
        this.next.record(row, timestamp, key);
        inside = true;
        if (context.stopped) break;
      }
    } catch (cause: unknown) {
      if (!inside) throw cause;
      this.#fail(value, timestamp, rows, cause);
      return;
    }
    if (rows === 0) counts.filtered++;
  }

  /** A record ends in one place: once it has failed, the row that it had passed as is one of our own. */
  #fail(value: unknown, timestamp: number, rows: number, cause: unknown): void {
    if (rows > 0) {
      this.counts.passed--;
      this.counts.made++;
    }
    this.context.reject(this, value, timestamp, { kind: 'failed', rule: 'no error from the callback', cause });
  }
}
