import type { Accumulators } from '../../core/accumulators.ts';
import { grown } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';

/** Accumulators that need several numbers a cell. They stand side by side: cell `c` has those from `c * width` on. */
export abstract class WideCells implements Accumulators {
  protected numbers: Float64Array = new Float64Array(0);
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  grow(capacity: number): void {
    this.numbers = grown(this.numbers, capacity * this.#width);
  }

  clear(cell: number): void {
    // Not by `fill`, which leaves the compiled code for so few.
    const { numbers } = this;
    const end = (cell + 1) * this.#width;
    for (let at = cell * this.#width; at < end; at++) numbers[at] = 0;
  }

  abstract add(cell: number, value: unknown, timestamp: number): void;
  abstract result(cell: number, start?: number, end?: number): unknown;
  abstract merge(into: number, from: number): void;

  /** Puts into one cell what another holds. */
  protected copy(into: number, from: number): void {
    const width = this.#width;
    this.numbers.copyWithin(into * width, from * width, (from + 1) * width);
  }

  snapshot(cells: readonly number[]): Piece {
    return { numbers: pickedWide(this.numbers, this.#width, cells) };
  }

  freeze(used: number): Pick<Accumulators, 'snapshot'> {
    const width = this.#width;
    const numbers = this.numbers.slice(0, used * width);
    return { snapshot: (cells) => ({ numbers: pickedWide(numbers, width, cells) }) };
  }

  restore(cells: readonly number[], { numbers }: Piece): void {
    const width = this.#width;
    cells.forEach((cell, index) => {
      for (let i = 0; i < width; i++) {
        this.numbers[cell * width + i] = (numbers as ArrayLike<number>)[index * width + i] as number;
      }
    });
  }
}

function pickedWide(numbers: Float64Array, width: number, cells: readonly number[]): Float64Array<ArrayBuffer> {
  const values = new Float64Array(cells.length * width);
  cells.forEach((cell, index) => {
    for (let i = 0; i < width; i++) values[index * width + i] = numbers[cell * width + i] as number;
  });
  return values;
}
