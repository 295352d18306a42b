import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { type DdofOptions, ddofOf } from './ddof.ts';
import { makeVariance } from './variance-accumulators.ts';

/**
 * The variance of a field: the sum of the squared deviations from the mean, divided by n - `ddof`.
 *
 * - **Result** in the square of the field's unit. `null` for fewer than `ddof` + 1 values: by default, for one. Missing values are skipped.
 * - **Memory** four numbers a window and key (Welford 1962, merged as Chan, Golub, LeVeque 1979, taken from the first value on).
 * - **Infinite** values: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, or `ddof` not 0 or 1.
 */
export function variance<K extends string>(
  field: K,
  options: DdofOptions = {},
): FieldAggregate<K, number, number | null> {
  fieldName('variance', 'field', field);
  const recipe = { aggregate: 'variance', field, numeric: true, options: ddofOf('variance', options) };
  return { field, recipe, make: makeVariance };
}
