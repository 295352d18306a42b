import type { Accumulators } from '../../core/accumulators.ts';
import { NumberCells } from './number-cells.ts';

export function makeMax(): Accumulators {
  return new MaxAccumulators(Number.NaN);
}

/** NaN stands for no value yet: a comparison with it is never true. */
class MaxAccumulators extends NumberCells {
  override add(cell: number, value: unknown): void {
    const before = this.numbers[cell] as number;
    if (before !== before || (value as number) > before) this.numbers[cell] = value as number;
  }

  override result(cell: number): number | null {
    const largest = this.numbers[cell] as number;
    return largest === largest ? largest : null;
  }

  override merge(into: number, from: number): void {
    this.add(into, this.numbers[from]);
  }
}
