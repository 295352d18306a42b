import type { Accumulators } from '../../core/accumulators.ts';
import { Comoments, type TwoFields } from './comoments.ts';

export function makeCorrelation(options: TwoFields): Accumulators {
  return new CorrelationAccumulators(options);
}

class CorrelationAccumulators extends Comoments {
  override result(cell: number): number | null {
    const [a, b] = this.squares(cell);
    const correlation = this.product(cell) / Math.sqrt(a) / Math.sqrt(b);
    // Not below two values, nor where one field is constant. Rounding may take it past 1.
    return correlation - correlation === 0 ? Math.min(1, Math.max(-1, correlation)) : null;
  }
}
