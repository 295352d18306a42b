import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';

/** An aggregate of the user's own, as four functions. */
export interface AggregatorSpec<T, S, R> {
  /** The state of a window that no record has come to. */
  create(): S;
  /** The state with a record in it: a new one, or the one given, changed. Throws before it changes anything. */
  add(state: S, value: T): S;
  /** What the row gets. It must not hold parts of the state that `add` goes on changing. */
  result(state: S): R;
  /** The state of both. It may change `a`, and is given a `b` of its own. */
  merge(a: S, b: S): S;
}

/** No record has come. */
const nothing = Symbol('nothing');

export function makeAggregator(spec: AggregatorSpec<unknown, unknown, unknown>): Accumulators {
  return new AggregatorAccumulators(spec);
}

class AggregatorAccumulators implements Accumulators {
  readonly #spec: AggregatorSpec<unknown, unknown, unknown>;
  readonly #states: unknown[] = [];
  /** The state that the next `add` will put into its cell. */
  #prepared: unknown = nothing;

  constructor(spec: AggregatorSpec<unknown, unknown, unknown>) {
    this.#spec = spec;
  }

  grow(): void {}

  clear(cell: number): void {
    this.#states[cell] = nothing;
  }

  prepare(cell: number, value: unknown): void {
    this.#prepared = nothing;
    const state = cell < 0 ? nothing : this.#states[cell];
    this.#prepared = this.#spec.add(state === nothing ? this.#spec.create() : state, value);
  }

  add(cell: number, value: unknown): void {
    if (this.#prepared === nothing) this.prepare(cell, value);
    this.#states[cell] = this.#prepared;
    this.#prepared = nothing;
  }

  result(cell: number): unknown {
    const state = this.#states[cell];
    if (state === nothing) return null;
    const result = this.#spec.result(state);
    // The row must not change when the state does.
    return result === state ? copyOf(result) : result;
  }

  merge(into: number, from: number): void {
    const other = this.#states[from];
    if (other === nothing) return;
    const own = this.#states[into];
    this.#states[into] = own === nothing ? copyOf(other) : this.#spec.merge(own, copyOf(other));
  }

  snapshot(cells: readonly number[]): Piece {
    const states = cells.map((cell) => this.#states[cell]);
    return {
      states: states.map((state) => (state === nothing ? null : copyOf(state))),
      filled: Uint8Array.from(states, (state) => (state === nothing ? 0 : 1)),
    };
  }

  restore(cells: readonly number[], { states, filled }: Piece): void {
    cells.forEach((cell, index) => {
      this.#states[cell] = (filled as Uint8Array)[index] === 1 ? copyOf((states as unknown[])[index]) : nothing;
    });
  }
}

/** Two cells never share a state: what changes one would change the other. */
function copyOf(state: unknown): unknown {
  return typeof state === 'object' ? structuredClone(state) : state;
}
