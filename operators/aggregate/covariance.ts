import { fieldName } from '../../core/guards.ts';
import { makeCovariance } from './covariance-accumulators.ts';
import { type DdofOptions, ddofOf } from './ddof.ts';
import type { TwoNumbersAggregate } from './two-numbers.ts';

/**
 * The covariance of two fields: the sum of the products of their deviations from their means, divided by n - `ddof`.
 *
 * - **Result** in the product of the fields' units. `null` for fewer than `ddof` + 1 records: by default, for one. Records that miss
 *   one of the fields are skipped.
 * - **Memory** eight numbers a window and key (Welford 1962, merged as Pébay 2008, taken from the first values on).
 * - **Infinite** values: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if a field is not a name, or `ddof` not 0 or 1.
 */
export function covariance<A extends string, B extends string>(
  a: A,
  b: B,
  options: DdofOptions = {},
): TwoNumbersAggregate<A, B> {
  fieldName('covariance', 'a', a);
  fieldName('covariance', 'b', b);
  const given = { a, b, ...ddofOf('covariance', options) };
  const recipe = { aggregate: 'covariance', field: undefined, reads: [a, b], numeric: true, options: given };
  return { recipe, make: makeCovariance };
}
