import { fieldName } from '../../core/guards.ts';
import type { TwoNumbersAggregate } from './two-numbers.ts';
import { makeWeightedMean } from './weighted-mean-accumulators.ts';

/**
 * The mean of a field in which each record has the weight that stands in another: sum(value * weight) / sum(weight).
 *
 * - **Result** in the unit of `value`. `null` where nothing weighs anything, and where the weights sum up to 0. Records that miss the
 *   value or the weight are skipped; a weight of 0 is as none.
 * - **Memory** six numbers a window and key: both sums are compensated (Neumaier 1974).
 * - **Infinite** values and weights: `null`, for there is no such number.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if a field is not a name.
 */
export function weightedMean<V extends string, W extends string>(value: V, weight: W): TwoNumbersAggregate<V, W> {
  fieldName('weightedMean', 'value', value);
  fieldName('weightedMean', 'weight', weight);
  const recipe = {
    aggregate: 'weightedMean',
    field: undefined,
    reads: [value, weight],
    numeric: true,
    options: { value, weight },
  };
  return { recipe, make: makeWeightedMean };
}
