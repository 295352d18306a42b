import type { Accumulators } from '../../core/accumulators.ts';
import { Moments } from './moments.ts';

export function makeKurtosis(): Accumulators {
  return new KurtosisAccumulators();
}

class KurtosisAccumulators extends Moments {
  override result(cell: number): number | null {
    const n = this.count(cell);
    if (n < 4) return null;
    const second = this.second(cell);
    if (second === 0) return -3;
    const square = second / n;
    const biased = this.fourth(cell) / n / square / square;
    const kurtosis = ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * biased - 3 * (n - 1));
    return kurtosis - kurtosis === 0 ? kurtosis : null;
  }
}
