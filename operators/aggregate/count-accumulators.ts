import type { Accumulators } from '../../core/accumulators.ts';
import { NumberCells } from './number-cells.ts';

export function makeCount(): Accumulators {
  return new CountAccumulators(0);
}

class CountAccumulators extends NumberCells {
  override add(cell: number): void {
    this.numbers[cell] = (this.numbers[cell] as number) + 1;
  }

  override result(cell: number): number {
    return this.numbers[cell] as number;
  }

  override merge(into: number, from: number): void {
    this.numbers[into] = (this.numbers[into] as number) + (this.numbers[from] as number);
  }

  subtract(into: number, from: number): void {
    this.numbers[into] = (this.numbers[into] as number) - (this.numbers[from] as number);
  }
}
