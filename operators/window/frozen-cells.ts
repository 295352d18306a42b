import type { Accumulators } from '../../core/accumulators.ts';
import { Pieces } from '../../core/pieces.ts';
import type { Piece } from '../../core/snapshot.ts';

/** What accumulators have in some cells, from one of them to another. */
export type CellColumns = (from: number, until: number) => readonly Piece[];

/** The state of accumulators as it was when this was made. */
export class FrozenCells {
  readonly #accumulators: readonly Accumulators[];
  readonly #frozen: readonly (Pick<Accumulators, 'snapshot'> | undefined)[];

  /** `used`: no cell at or above has anything in it. */
  constructor(accumulators: readonly Accumulators[], used: number) {
    this.#accumulators = accumulators;
    this.#frozen = accumulators.map((each) => each.freeze?.(used));
  }

  /** Of these cells, in their order: to be called at once, and the answer with the borders that `Pieces.cut` gives, at any time. */
  of(cells: Int32Array): CellColumns {
    const columns = this.#accumulators.map((each, index) => {
      const frozen = this.#frozen[index];
      if (frozen !== undefined) return (from: number, until: number) => frozen.snapshot(part(cells, from, until));
      const copied = new Map<number, Piece>();
      const copy = (from: number, until: number): Piece => {
        const piece = each.snapshot(part(cells, from, until));
        copied.set(from, piece);
        return piece;
      };
      for (const _ of Pieces.cut(cells.length, copy));
      return (from: number) => copied.get(from) as Piece;
    });
    return (from, until) => columns.map((column) => column(from, until));
  }
}

function part(cells: Int32Array, from: number, until: number): readonly number[] {
  return Array.from(cells.subarray(from, until));
}
