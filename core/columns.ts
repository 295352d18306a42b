/** A column of numbers with room for more cells; what was in it stays. */
export function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

/** The cells of a column, in the order asked for. */
export function picked(column: ArrayLike<number>, cells: readonly number[]): Float64Array<ArrayBuffer> {
  return Float64Array.from(cells, (cell) => column[cell] as number);
}

/** Puts values back into their cells. */
export function placed(column: Float64Array, cells: readonly number[], values: unknown): void {
  const from = values as ArrayLike<number>;
  cells.forEach((cell, index) => {
    column[cell] = from[index] as number;
  });
}
