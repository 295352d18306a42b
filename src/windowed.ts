import type { Flat } from '../core/row-types.ts';
import type { Aggregates, ResultOf } from '../operators/aggregate/aggregate.ts';
import type { Operator } from '../operators/operator.ts';
import type { WindowRow } from '../operators/window/window-options.ts';
import type { Stream } from './stream.ts';

/** A stream cut into windows, before anybody has said what to make of them. `Nothing` is `null` where a window may hold no record. */
export class Windowed<T, Key, Nothing = never> {
  readonly #stream: Stream<T, Key>;
  readonly #window: (aggregate: never) => Operator<T, unknown>;
  /** For the compiler alone. */
  declare readonly nothing?: Nothing;

  constructor(stream: Stream<T, Key>, window: (aggregate: never) => Operator<T, unknown>) {
    this.#stream = stream;
    this.#window = window;
  }

  /** One row for each key and window, with these results. */
  aggregate<A extends Aggregates<T>>(
    aggregates: A,
  ): Stream<WindowRow<Key, Flat<{ [N in keyof A]: ResultOf<T, A[N]> | Nothing }>>, Key> {
    return this.#stream.through(this.#window(aggregates as never)) as never;
  }
}
