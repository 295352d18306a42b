import type { Accumulators } from '../../core/accumulators.ts';
import { grown, picked, placed } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';

/**
 * Accumulators that keep one of the values: each cell has it with its event time, and with its place among all that came,
 * so that ties are decided rightly in whatever order cells are merged.
 */
export abstract class ValueCells implements Accumulators {
  /** By cell; undefined where no value has come. */
  readonly #values: unknown[] = [];
  #times = new Float64Array(0);
  #arrivals = new Float64Array(0);
  #arrived = 0;

  grow(capacity: number): void {
    this.#times = grown(this.#times, capacity);
    this.#arrivals = grown(this.#arrivals, capacity);
  }

  clear(cell: number): void {
    this.#values[cell] = undefined;
  }

  add(cell: number, value: unknown, timestamp: number): void {
    this.#offer(cell, value, timestamp, this.#arrived++);
  }

  result(cell: number): unknown {
    return this.#values[cell] ?? null;
  }

  merge(into: number, from: number): void {
    const value = this.#values[from];
    if (value !== undefined) this.#offer(into, value, this.#times[from] as number, this.#arrivals[from] as number);
  }

  snapshot(cells: readonly number[]): Piece {
    return columnsOf(cells, this.#values, this.#times, this.#arrivals, this.#arrived);
  }

  freeze(used: number): Pick<Accumulators, 'snapshot'> {
    const values = this.#values.slice(0, used);
    const [times, arrivals] = [this.#times.slice(0, used), this.#arrivals.slice(0, used)];
    const arrived = this.#arrived;
    return { snapshot: (cells) => columnsOf(cells, values, times, arrivals, arrived) };
  }

  restore(cells: readonly number[], { values, times, arrivals, arrived }: Piece): void {
    cells.forEach((cell, index) => {
      this.#values[cell] = (values as unknown[])[index];
    });
    placed(this.#times, cells, times);
    placed(this.#arrivals, cells, arrivals);
    this.#arrived = Math.max(this.#arrived, arrived as number);
  }

  /** Whether a value is wanted more than the one that is there: differences of their event times and of their places. */
  protected abstract better(later: number, after: number): boolean;

  #offer(cell: number, value: unknown, time: number, arrival: number): void {
    const better =
      this.#values[cell] === undefined ||
      this.better(time - (this.#times[cell] as number), arrival - (this.#arrivals[cell] as number));
    if (!better) return;
    this.#values[cell] = value;
    this.#times[cell] = time;
    this.#arrivals[cell] = arrival;
  }
}

function columnsOf(
  cells: readonly number[],
  values: readonly unknown[],
  times: Float64Array,
  arrivals: Float64Array,
  arrived: number,
): Piece {
  return {
    values: cells.map((cell) => values[cell]),
    times: picked(times, cells),
    arrivals: picked(arrivals, cells),
    arrived,
  };
}
