import { fieldName, optionsObject } from '../../core/guards.ts';
import type { FieldAggregate } from './aggregate.ts';
import { makeApproxQuantile } from './approx-quantile-accumulators.ts';
import { numberFrom } from './number-from.ts';

export interface ApproxQuantileOptions {
  /** How far the result may be off, as a fraction of the true value: from 0.0001 to 0.5. Default 0.01: 1 %. */
  readonly accuracy?: number;
}

/**
 * The value below which the fraction `q` of the values of a field lie, but for a relative error, from a sketch of bounded size.
 *
 * - **Result** within `accuracy` of the value at place floor(`q` * (n - 1)), from 0, of the sorted values, whatever the quantile and
 *   whatever the values. `null` where no record had a value. Missing values are skipped.
 * - **Memory** 8 bytes a bucket (DDSketch: Masson, Rim, Lee 2019, never collapsed), in blocks of 32: 1.15 / `accuracy` buckets for each power of
 *   ten that the values reach over, 115 by default. All numbers that there are reach over 631 of them, for each sign.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is not a name, `q` is outside [0, 1], or `accuracy` outside its range.
 */
export function approxQuantile<K extends string>(
  field: K,
  q: number,
  options: ApproxQuantileOptions = {},
): FieldAggregate<K, number, number> {
  const where = 'approxQuantile';
  fieldName(where, 'field', field);
  const { accuracy = 0.01 } = optionsObject<ApproxQuantileOptions>(where, options, ['accuracy']);
  const given = { q: numberFrom(where, 'q', q, 0, 1), accuracy: numberFrom(where, 'accuracy', accuracy, 0.0001, 0.5) };
  const recipe = { aggregate: where, field, numeric: true, options: given, given: `${field}, ${q}` };
  return { field, recipe, make: makeApproxQuantile };
}
