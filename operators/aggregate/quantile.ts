import { fieldName, oneOf, optionsObject } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { numberFrom } from './number-from.ts';
import { type Interpolation, interpolations, makeQuantile, type QuantileRecipe } from './quantile-accumulators.ts';

export interface QuantileOptions {
  /** What it is where the quantile falls between two values. Default `'linear'`. `nearest`: halfway, the one at the even place. */
  readonly interpolation?: Interpolation;
}

/**
 * The value below which the fraction `q` of the values of a field lie: exact, from all of them.
 *
 * - **Result** the value at place `q` * (n - 1), from 0, of the sorted values; between two, what `interpolation` says. `null` where no
 *   record had a value. Missing values are skipped.
 * - **Memory** every value, 8 to 16 bytes each; `approxQuantile` is bounded.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, `q` is outside [0, 1], or `interpolation` is unknown.
 */
export function quantile<K extends string>(
  field: K,
  q: number,
  options: QuantileOptions = {},
): FieldAggregate<K, number, number> {
  fieldName('quantile', 'field', field);
  const { interpolation = 'linear' } = optionsObject<QuantileOptions>('quantile', options, ['interpolation']);
  const given: QuantileRecipe = {
    q: numberFrom('quantile', 'q', q, 0, 1),
    interpolation: oneOf('quantile', 'interpolation', interpolation, interpolations),
  };
  const recipe = { aggregate: 'quantile', field, numeric: true, options: given, given: `${field}, ${q}` };
  return { field, recipe, make: makeQuantile };
}
