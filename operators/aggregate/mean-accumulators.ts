import { CompensatedSums } from './compensated.ts';

export function makeMean(): MeanAccumulators {
  return new MeanAccumulators();
}

class MeanAccumulators extends CompensatedSums {
  override result(cell: number): number | null {
    const count = this.counts[cell] as number;
    return count === 0 ? null : this.sum(cell) / count;
  }
}
