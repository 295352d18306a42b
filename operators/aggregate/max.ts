import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeMax } from './max-accumulators.ts';

/**
 * The largest value of a field.
 *
 * - **Result** `null` where no record had a value. Missing values are skipped.
 * - **Memory** one number a window and key.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function max<K extends string>(field: K): FieldAggregate<K, number, number> {
  fieldName('max', 'field', field);
  return { field, recipe: { aggregate: 'max', field, numeric: true }, make: makeMax };
}
