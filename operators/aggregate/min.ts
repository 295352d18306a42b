import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeMin } from './min-accumulators.ts';

/**
 * The smallest value of a field.
 *
 * - **Result** `null` where no record had a value. Missing values are skipped.
 * - **Memory** one number a window and key.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function min<K extends string>(field: K): FieldAggregate<K, number, number> {
  fieldName('min', 'field', field);
  return { field, recipe: { aggregate: 'min', field, numeric: true }, make: makeMin };
}
