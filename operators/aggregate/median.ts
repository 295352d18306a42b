import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeMedian } from './quantile-accumulators.ts';

/**
 * The value in the middle of the sorted values of a field; of an even number of them the mean of the two in the middle.
 *
 * - **Result** `null` where no record had a value. Missing values are skipped.
 * - **Memory** every value, 8 to 16 bytes each; `approxQuantile(field, 0.5)` is bounded.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function median<K extends string>(field: K): FieldAggregate<K, number, number> {
  fieldName('median', 'field', field);
  return { field, recipe: { aggregate: 'median', field, numeric: true }, make: makeMedian };
}
