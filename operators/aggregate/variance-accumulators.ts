import type { Accumulators } from '../../core/accumulators.ts';
import { Deviations } from './deviations.ts';

export function makeVariance({ ddof }: { readonly ddof: number }): Accumulators {
  return new VarianceAccumulators(ddof);
}

class VarianceAccumulators extends Deviations {
  readonly #ddof: number;

  constructor(ddof: number) {
    super();
    this.#ddof = ddof;
  }

  override result(cell: number): number | null {
    return this.varianceOf(cell, this.#ddof);
  }
}
