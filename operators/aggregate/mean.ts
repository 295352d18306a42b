import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeMean } from './mean-accumulators.ts';

/**
 * The arithmetic mean of a field.
 *
 * - **Result** `null` where no record had a value. Missing values are skipped.
 * - **Memory** four numbers a window and key: the sum is compensated (Neumaier 1974), so its error does not grow with the count.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function mean<K extends string>(field: K): FieldAggregate<K, number, number> {
  fieldName('mean', 'field', field);
  return { field, recipe: { aggregate: 'mean', field, numeric: true }, make: makeMean };
}
