import type { Piece } from './snapshot.ts';

/** So many rows of a table go into one piece: enough to be worth a write, few enough to be made between two others. */
const rowsInPiece = 16_384;

/** State that does not change any more, and is made into pieces when somebody pulls them, as often as somebody does. */
export class Pieces<P extends Piece = Piece> implements Iterable<P> {
  /** A function, and a field: `structuredClone` refuses it, so nobody copies this and loses what he did not pull. */
  readonly pull: () => Iterator<P>;

  constructor(pull: () => Iterator<P>) {
    this.pull = pull;
  }

  [Symbol.iterator](): Iterator<P> {
    return this.pull();
  }

  /** Cuts a table of so many rows. */
  static *cut<P extends Piece>(rows: number, piece: (from: number, until: number) => P): Generator<P> {
    for (let from = 0; from < rows; from += rowsInPiece) yield piece(from, Math.min(rows, from + rowsInPiece));
  }
}
