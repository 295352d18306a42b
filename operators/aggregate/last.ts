import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate, FieldValue } from './aggregate.ts';
import { makeLast } from './last-accumulators.ts';

/**
 * The value of a field in the youngest record by event time that has one; of equal times, in the one that came last.
 *
 * - **Result** of the field's own type; `null` where no record had a value. Missing values are skipped.
 * - **Memory** the value and two numbers a window and key.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function last<K extends string>(field: K): FieldAggregate<K, unknown, FieldValue> {
  fieldName('last', 'field', field);
  return { field, recipe: { aggregate: 'last', field, numeric: false }, make: makeLast };
}
