import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeKurtosis } from './kurtosis-accumulators.ts';

/**
 * How heavy the tails of a field are: the fourth standardised moment less 3, corrected for bias as pandas does (G2).
 *
 * - **Result** without unit; about 0 for a normal distribution. -3 where all values are equal, `null` below four values. Missing values are skipped.
 * - **Memory** six numbers a window and key (Pébay 2008, taken from the first value on).
 * - **Infinite** values: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function kurtosis<K extends string>(field: K): FieldAggregate<K, number, number | null> {
  fieldName('kurtosis', 'field', field);
  return { field, recipe: { aggregate: 'kurtosis', field, numeric: true }, make: makeKurtosis };
}
