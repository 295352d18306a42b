import { fieldName, positiveInteger } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeTopK, type ValueCount } from './top-k-accumulators.ts';

/**
 * The `k` most frequent values of a field, and how often each came: exact.
 *
 * - **Result** `{ value, count }`, the most frequent first; of equal counts the one seen first. `null` where no record had a value.
 *   Missing values are skipped. Values are the same as in `distinct`.
 * - **Memory** every different value; `approxTopK` is bounded.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, or `k` is not a whole number of at least 1.
 */
export function topK<K extends string>(field: K, k: number): FieldAggregate<K, unknown, readonly ValueCount[]> {
  fieldName('topK', 'field', field);
  const options = { k: positiveInteger('topK', 'k', k) };
  const recipe = { aggregate: 'topK', field, numeric: false, options, given: `${field}, ${k}` };
  return { field, recipe, make: makeTopK };
}
