import type { Accumulators } from '../../core/accumulators.ts';
import { ValueCells } from './value-cells.ts';

export function makeLast(): Accumulators {
  return new LastAccumulators();
}

class LastAccumulators extends ValueCells {
  /** Of equal times, and where there is no time (NaN), the one that came last. */
  protected override better(later: number, after: number): boolean {
    return later > 0 || (!(later < 0) && after > 0);
  }
}
