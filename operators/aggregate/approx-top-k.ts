import { fieldName, optionsObject, positiveInteger } from '../../core/guards.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeApproxTopK } from './approx-top-k-accumulators.ts';
import type { ValueCount } from './top-k-accumulators.ts';

export interface ApproxTopKOptions {
  /** How many values are counted at a time, at least `k`. Default 10 * `k`, at least 100. */
  readonly capacity?: number;
}

/**
 * The `k` most frequent values of a field, and about how often each came, from counters of bounded number.
 *
 * - **Result** `{ value, count }`, the largest count first; of equal ones the one seen first. A count is never too small, and at most n /
 *   `capacity` too large, n being the number of values. A value that came more often than n / `capacity` has a counter for sure.
 *   `null` where no record had a value. Missing values are skipped. Values are the same as in `distinct`.
 * - **Memory** `capacity` values and counters (Space-Saving: Metwally, Agrawal, El Abbadi 2005; merged as Cafaro, Pulimeno, Tempesta 2016).
 *   While there are no more values than that, it is exact.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, `k` is not a whole number of at least 1, or `capacity` is
 *   less than `k`.
 */
export function approxTopK<K extends string>(
  field: K,
  k: number,
  options: ApproxTopKOptions = {},
): FieldAggregate<K, unknown, readonly ValueCount[]> {
  const where = 'approxTopK';
  fieldName(where, 'field', field);
  positiveInteger(where, 'k', k);
  const given = optionsObject<ApproxTopKOptions>(where, options, ['capacity']);
  const capacity = positiveInteger(where, 'capacity', given.capacity ?? Math.max(100, 10 * k));
  if (capacity < k) throw new ArgumentError(where, 'capacity', `at least \`k\` (${k})`, capacity);
  const recipe = { aggregate: where, field, numeric: false, options: { k, capacity }, given: `${field}, ${k}` };
  return { field, recipe, make: makeApproxTopK };
}
