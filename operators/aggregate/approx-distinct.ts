import { fieldName, optionsObject } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeApproxDistinct } from './approx-distinct-accumulators.ts';
import { numberFrom } from './number-from.ts';

export interface ApproxDistinctOptions {
  /** The standard error of the result, as a fraction of the true number: from 0.0025 to 0.25. Default 0.01: 1 %. */
  readonly error?: number;
}

/**
 * How many different values a field had, but for a relative error, from a sketch of bounded size.
 *
 * - **Result** a whole number whose standard error is at most `error`: two of three results are within it, 95 % within twice, 99.7 %
 *   within three times. Few values are counted exactly. `null` where no record had a value. Missing values are skipped. Values are
 *   the same as in `distinct`.
 * - **Memory** one byte a register, 2 to the power of ceil(log2((1.04 / `error`)^2)) of them (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier
 *   2007, with the estimator of Ertl 2017), by default 16 KB; as long as there are fewer than 1/64 as many values, only those.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, or `error` is outside its range.
 */
export function approxDistinct<K extends string>(
  field: K,
  options: ApproxDistinctOptions = {},
): FieldAggregate<K, unknown, number> {
  const where = 'approxDistinct';
  fieldName(where, 'field', field);
  const given = optionsObject<ApproxDistinctOptions>(where, options, ['error']);
  const error = numberFrom(where, 'error', given.error ?? 0.01, 0.0025, 0.25);
  const bits = Math.ceil(2 * Math.log2(1.04 / error));
  return { field, recipe: { aggregate: where, field, numeric: false, options: { bits } }, make: makeApproxDistinct };
}
