import { fieldName } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeTimeWeightedMean } from './time-weighted-mean-accumulators.ts';

/**
 * The mean of a field in which each value weighs as long as it holds: until the next one by event time, the last one until the
 * end of the window. For what is reported when it changes. What held before the first value is not known, and does not count.
 *
 * - **Result** in the field's unit: sum(value[i] * (at[i + 1] - at[i])) / (windowEnd - at[0]). `null` where no record had a value.
 *   Missing values are skipped: the value before goes on. Of values at the same time the last to come holds.
 * - **Memory** three numbers for each value, for records that come late change what their neighbours weigh.
 * - **Infinite** values that hold for some time: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name.
 */
export function timeWeightedMean<K extends string>(field: K): FieldAggregate<K, number, number | null> {
  fieldName('timeWeightedMean', 'field', field);
  return { field, recipe: { aggregate: 'timeWeightedMean', field, numeric: true }, make: makeTimeWeightedMean };
}
