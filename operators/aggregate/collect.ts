import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeCollect } from './collect-accumulators.ts';

/**
 * All values of a field, in the order in which their records came.
 *
 * - **Result** a list of its own; `null` where no record had a value. Missing values are skipped.
 * - **Memory** every value, without a bound.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function collect<K extends string>(field: K): FieldAggregate<K, unknown, readonly unknown[]> {
  fieldName('collect', 'field', field);
  return { field, recipe: { aggregate: 'collect', field, numeric: false }, make: makeCollect };
}
