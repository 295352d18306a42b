import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { type DdofOptions, ddofOf } from './ddof.ts';
import { makeStandardError } from './standard-error-accumulators.ts';

/**
 * The standard error of the mean of a field: its standard deviation divided by the square root of n.
 *
 * - **Result** in the field's unit. `null` for fewer than `ddof` + 1 values: by default, for one. Missing values are skipped.
 * - **Memory** four numbers a window and key (Welford 1962, merged as Chan, Golub, LeVeque 1979, taken from the first value on).
 * - **Infinite** values: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, or `ddof` not 0 or 1.
 */
export function standardError<K extends string>(
  field: K,
  options: DdofOptions = {},
): FieldAggregate<K, number, number | null> {
  fieldName('standardError', 'field', field);
  const recipe = { aggregate: 'standardError', field, numeric: true, options: ddofOf('standardError', options) };
  return { field, recipe, make: makeStandardError };
}
