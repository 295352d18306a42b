import type { Accumulators } from '../../core/accumulators.ts';
import { ValueCells } from './value-cells.ts';

export function makeFirst(): Accumulators {
  return new FirstAccumulators();
}

class FirstAccumulators extends ValueCells {
  /** Of equal times, and where there is no time (NaN), the one that came first. */
  protected override better(later: number, after: number): boolean {
    return later < 0 || (!(later > 0) && after < 0);
  }
}
