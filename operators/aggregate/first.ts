import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate, FieldValue } from './aggregate.ts';
import { makeFirst } from './first-accumulators.ts';

/**
 * The value of a field in the oldest record by event time that has one; of equal times, in the one that came first.
 *
 * - **Result** of the field's own type; `null` where no record had a value. Missing values are skipped.
 * - **Memory** the value and two numbers a window and key.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function first<K extends string>(field: K): FieldAggregate<K, unknown, FieldValue> {
  fieldName('first', 'field', field);
  return { field, recipe: { aggregate: 'first', field, numeric: false }, make: makeFirst };
}
