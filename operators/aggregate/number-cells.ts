import type { Accumulators } from '../../core/accumulators.ts';
import { grown, picked, placed } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';

/** Accumulators that need one number a cell. */
export abstract class NumberCells implements Accumulators {
  protected numbers: Float64Array = new Float64Array(0);
  readonly #empty: number;

  /** `empty`: what a cell holds before the first value. */
  constructor(empty: number) {
    this.#empty = empty;
  }

  grow(capacity: number): void {
    this.numbers = grown(this.numbers, capacity);
  }

  clear(cell: number): void {
    this.numbers[cell] = this.#empty;
  }

  abstract add(cell: number, value: unknown): void;
  abstract result(cell: number): unknown;
  abstract merge(into: number, from: number): void;

  snapshot(cells: readonly number[]): Piece {
    return { numbers: picked(this.numbers, cells) };
  }

  freeze(used: number): Pick<Accumulators, 'snapshot'> {
    const numbers = this.numbers.slice(0, used);
    return { snapshot: (cells) => ({ numbers: picked(numbers, cells) }) };
  }

  restore(cells: readonly number[], { numbers }: Piece): void {
    placed(this.numbers, cells, numbers);
  }
}
