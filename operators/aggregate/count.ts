import { fieldName } from '../../core/guards.ts';
import type { Aggregate } from './aggregate.ts';
import { makeCount } from './count-accumulators.ts';

/**
 * How many records there were; with a field, how many whose field is not missing.
 *
 * - **Result** 0 where there was none.
 * - **Memory** one number a window and key.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `field` is given and not a name.
 */
export function count(): Aggregate<unknown, number>;
export function count<K extends string>(field: K): Aggregate<{ readonly [P in K]?: unknown }, number>;
export function count(field?: string): Aggregate<never, number> {
  if (field !== undefined) fieldName('count', 'field', field);
  return { recipe: { aggregate: 'count', field, numeric: false }, make: makeCount };
}
