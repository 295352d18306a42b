import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeDistinct } from './distinct-accumulators.ts';

/**
 * How many different values a field had: exact.
 *
 * - **Result** `null` where no record had a value. Missing values are skipped. Dates are the same if they are the same instant, lists
 *   and objects if they hold the same; a number and its text are not.
 * - **Memory** every different value; `approxDistinct` is bounded.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function distinct<K extends string>(field: K): FieldAggregate<K, unknown, number> {
  fieldName('distinct', 'field', field);
  return { field, recipe: { aggregate: 'distinct', field, numeric: false }, make: makeDistinct };
}
