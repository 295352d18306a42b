import type { Accumulators } from '../../core/accumulators.ts';
import { CompensatedSums } from './compensated.ts';

export function makeSum(): Accumulators {
  return new SumAccumulators();
}

class SumAccumulators extends CompensatedSums {
  override result(cell: number): number {
    return this.sum(cell);
  }
}
