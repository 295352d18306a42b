import type { Accumulators } from '../../core/accumulators.ts';
import { Comoments, type TwoFields } from './comoments.ts';

export function makeCovariance(options: TwoFields & { readonly ddof: number }): Accumulators {
  return new CovarianceAccumulators(options);
}

class CovarianceAccumulators extends Comoments {
  readonly #ddof: number;

  constructor(options: TwoFields & { readonly ddof: number }) {
    super(options);
    this.#ddof = options.ddof;
  }

  override result(cell: number): number | null {
    const degrees = this.count(cell) - this.#ddof;
    if (degrees <= 0) return null;
    const covariance = this.product(cell) / degrees;
    return covariance - covariance === 0 ? covariance : null;
  }
}
