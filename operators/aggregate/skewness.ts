import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeSkewness } from './skewness-accumulators.ts';

/**
 * How far a field leans to one side of its mean: the third standardised moment, corrected for bias as pandas does (G1).
 *
 * - **Result** without unit; above 0 where the long tail is on the right. 0 where all values are equal, `null` below three values. Missing values are skipped.
 * - **Memory** six numbers a window and key (Pébay 2008, taken from the first value on).
 * - **Infinite** values: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function skewness<K extends string>(field: K): FieldAggregate<K, number, number | null> {
  fieldName('skewness', 'field', field);
  return { field, recipe: { aggregate: 'skewness', field, numeric: true }, make: makeSkewness };
}
