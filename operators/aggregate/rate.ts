import { type Duration, positiveDuration } from '../../core/duration.ts';
import { fieldName, oneOf, optionsObject } from '../../core/guards.ts';
import type { Aggregate, FieldAggregate } from './aggregate.ts';
import { makeRate, type RateRecipe } from './rate-accumulators.ts';

export interface RateOptions {
  /** The unit of time of the result: a rate is so much for each. Default `'1s'`. */
  readonly per?: Duration;
}

export interface FieldRateOptions extends RateOptions {
  /** `amounts` (default): values are added up. `counter`: they are a count that only grows, and starts over from 0. */
  readonly of?: 'amounts' | 'counter';
}

/**
 * How much there was for each second, or for another unit of time.
 *
 * - **Result** without a field: the records, divided by the length of the window. With one: its sum, divided by the same. Of a
 *   counter: by how much it grew from its first value to its last, divided by the time between them; a value below the one before
 *   is what it has counted since it started over. Missing values are skipped.
 * - **Nothing** in a window is a rate of 0; of a counter there must be two values at different times, else `null`. A count or global
 *   window is as long as from its oldest record to 1 ms behind its newest one.
 * - **Memory** four numbers a window and key; of a counter three numbers for each value.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is given and not a name, or `per` is not a positive duration.
 */
export function rate(options?: RateOptions): Aggregate<unknown, number | null>;
export function rate<K extends string>(field: K, options?: FieldRateOptions): FieldAggregate<K, number, number | null>;
export function rate(
  field?: string | RateOptions,
  options?: FieldRateOptions,
): Aggregate<never, number | null> & { readonly field?: string } {
  if (field === undefined || typeof field === 'object') return ofRecords(field ?? {});
  fieldName('rate', 'field', field);
  const { of = 'amounts', per = '1s' } = optionsObject<FieldRateOptions>('rate', options ?? {}, ['of', 'per']);
  const given: RateRecipe = {
    of: oneOf('rate', 'of', of, ['amounts', 'counter']),
    perMs: positiveDuration('rate', 'per', per),
  };
  return { field, recipe: { aggregate: 'rate', field, numeric: true, options: given }, make: makeRate };
}

function ofRecords(options: RateOptions): Aggregate<never, number | null> {
  const { per = '1s' } = optionsObject<RateOptions>('rate', options, ['per']);
  const given: RateRecipe = { of: 'records', perMs: positiveDuration('rate', 'per', per) };
  return { recipe: { aggregate: 'rate', field: undefined, numeric: false, options: given }, make: makeRate };
}
