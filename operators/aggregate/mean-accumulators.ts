import type { Accumulators } from '../../core/accumulators.ts';
import { CompensatedSums } from './compensated.ts';

export function makeMean(): Accumulators {
  return new MeanAccumulators();
}

class MeanAccumulators extends CompensatedSums {
  override result(cell: number): number | null {
    const count = this.count(cell);
    return count === 0 ? null : this.sum(cell) / count;
  }
}
