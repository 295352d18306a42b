import type { Accumulators } from '../../core/accumulators.ts';
import { Deviations } from './deviations.ts';

export function makeStandardError({ ddof }: { readonly ddof: number }): Accumulators {
  return new StandardErrorAccumulators(ddof);
}

class StandardErrorAccumulators extends Deviations {
  readonly #ddof: number;

  constructor(ddof: number) {
    super();
    this.#ddof = ddof;
  }

  override result(cell: number): number | null {
    const variance = this.varianceOf(cell, this.#ddof);
    return variance === null ? null : Math.sqrt(variance / this.count(cell));
  }
}
