import type { Accumulators } from '../../core/accumulators.ts';
import { Moments } from './moments.ts';

export function makeSkewness(): Accumulators {
  return new SkewnessAccumulators();
}

class SkewnessAccumulators extends Moments {
  override result(cell: number): number | null {
    const n = this.count(cell);
    if (n < 3) return null;
    const second = this.second(cell);
    if (second === 0) return 0;
    const spread = Math.sqrt(second / n);
    // One after the other: the cube of a small deviation is no number any more.
    const biased = this.third(cell) / n / spread / spread / spread;
    const skewness = (biased * Math.sqrt(n * (n - 1))) / (n - 2);
    return skewness - skewness === 0 ? skewness : null;
  }
}
