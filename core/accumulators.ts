import type { Piece } from './snapshot.ts';

/**
 * The running results of one aggregate, many at a time: one cell for each window and key, in columns, so that a million
 * of them are a few arrays and a snapshot of them is a copy of memory.
 */
export interface Accumulators {
  /** Makes room for cells below `capacity`. */
  grow(capacity: number): void;
  /** Empties a cell for a new window. */
  clear(cell: number): void;
  /** Adds a value that is not missing. */
  add(cell: number, value: unknown, timestamp: number): void;
  /**
   * Of an aggregate that runs code of the user's: does what `add` would, and keeps it ready for the `add` that follows with the
   * same arguments. Throws what that code throws, with no cell changed. Asked of all before anything is added to any, and before
   * a cell is made for the record: -1 is the cell that it would get.
   */
  prepare?(cell: number, value: unknown, timestamp: number): void;
  /** The result so far. `start` and `end` are the borders of the window, for those whose result depends on its length. */
  result(cell: number, start?: number, end?: number): unknown;
  /** Adds to one cell what another holds. */
  merge(into: number, from: number): void;
  /**
   * Takes from one cell what another holds, which was merged into it before. Only of an aggregate that can be inverted:
   * windows that overlap then subtract what leaves, and the others keep two stacks.
   */
  subtract?(into: number, from: number): void;
  /** The state of these cells, as columns in their order. */
  snapshot(cells: readonly number[]): Piece;
  /**
   * Copies the columns of all cells below `used`: what it answers gives their state as it is now, whenever it is asked. Without
   * it the cells are copied one by one, at once.
   */
  freeze?(used: number): Pick<Accumulators, 'snapshot'>;
  /** Takes up what `snapshot` gave, in these cells. */
  restore(cells: readonly number[], columns: Piece): void;
}
