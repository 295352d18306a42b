import type { Accumulators } from '../../core/accumulators.ts';
import { grown, picked, placed } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';

/** Count and compensated sum (Neumaier 1974): what rounding loses is kept beside the sum and added at the end. */
export abstract class CompensatedSums implements Accumulators {
  protected counts: Float64Array = new Float64Array(0);
  #sums = new Float64Array(0);
  #lost = new Float64Array(0);

  grow(capacity: number): void {
    this.counts = grown(this.counts, capacity);
    this.#sums = grown(this.#sums, capacity);
    this.#lost = grown(this.#lost, capacity);
  }

  clear(cell: number): void {
    this.counts[cell] = 0;
    this.#sums[cell] = 0;
    this.#lost[cell] = 0;
  }

  add(cell: number, value: unknown): void {
    this.counts[cell] = (this.counts[cell] as number) + 1;
    this.#plus(cell, value as number);
  }

  abstract result(cell: number): unknown;

  merge(into: number, from: number): void {
    this.counts[into] = (this.counts[into] as number) + (this.counts[from] as number);
    this.#plus(into, this.#sums[from] as number);
    this.#lost[into] = (this.#lost[into] as number) + (this.#lost[from] as number);
  }

  snapshot(cells: readonly number[]): Piece {
    return { counts: picked(this.counts, cells), sums: picked(this.#sums, cells), lost: picked(this.#lost, cells) };
  }

  restore(cells: readonly number[], { counts, sums, lost }: Piece): void {
    placed(this.counts, cells, counts);
    placed(this.#sums, cells, sums);
    placed(this.#lost, cells, lost);
  }

  /** An infinite sum has no rounding error, and its compensation would be NaN. */
  protected sum(cell: number): number {
    const sum = this.#sums[cell] as number;
    return sum - sum === 0 ? sum + (this.#lost[cell] as number) : sum;
  }

  #plus(cell: number, value: number): void {
    const before = this.#sums[cell] as number;
    const sum = before + value;
    const lost = Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
    this.#sums[cell] = sum;
    this.#lost[cell] = (this.#lost[cell] as number) + lost;
  }
}
