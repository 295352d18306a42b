import { fieldName } from '../../core/guards.ts';
import { makeCorrelation } from './correlation-accumulators.ts';
import type { TwoNumbersAggregate } from './two-numbers.ts';

/**
 * The correlation of two fields (Pearson's): their covariance divided by the product of their standard deviations.
 *
 * - **Result** from -1 to 1, without unit. `null` below two records, and where one of the fields is constant. Records that miss one
 *   of the fields are skipped.
 * - **Memory** eight numbers a window and key (Welford 1962, merged as Pébay 2008, taken from the first values on).
 * - **Infinite** values: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if a field is not a name.
 */
export function correlation<A extends string, B extends string>(a: A, b: B): TwoNumbersAggregate<A, B> {
  fieldName('correlation', 'a', a);
  fieldName('correlation', 'b', b);
  const recipe = { aggregate: 'correlation', field: undefined, reads: [a, b], numeric: true, options: { a, b } };
  return { recipe, make: makeCorrelation };
}
