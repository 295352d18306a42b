import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeSum } from './sum-accumulators.ts';

/**
 * The sum of a field.
 *
 * - **Result** 0 where no record had a value. Missing values are skipped.
 * - **Memory** four numbers a window and key: the sum is compensated (Neumaier 1974), so its error does not grow with the count.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function sum<K extends string>(field: K): FieldAggregate<K, number, number> {
  fieldName('sum', 'field', field);
  return { field, recipe: { aggregate: 'sum', field, numeric: true }, make: makeSum };
}
