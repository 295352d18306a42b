/** A column of numbers with room for more cells; what was in it stays. */
export function grown(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

/** The same of a column of whole numbers. */
export function moreInts(column: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(column);
  return larger;
}

/** The cells of a column, in the order asked for. A loop: `from` with a function takes ten times as long for a million. */
export function picked(column: ArrayLike<number>, cells: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const values = new Float64Array(cells.length);
  for (let index = 0; index < cells.length; index++) values[index] = column[cells[index] as number] as number;
  return values;
}

/** Those of a column of whole numbers. */
export function pickedInts(column: Int32Array, cells: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const values = new Int32Array(cells.length);
  for (let index = 0; index < cells.length; index++) values[index] = column[cells[index] as number] as number;
  return values;
}

/** Puts values back into their cells. */
export function placed(column: Float64Array, cells: readonly number[], values: unknown): void {
  const from = values as ArrayLike<number>;
  cells.forEach((cell, index) => {
    column[cell] = from[index] as number;
  });
}
