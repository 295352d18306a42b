import { callback } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import { type Operator, operator } from '../operator.ts';
import { type FilterRecipe, makeFilter } from './filter-processor.ts';

/**
 * Lets a record go on only if `fn` says so.
 *
 * ```text
 * source                -a---b---c--|    a = 1   b = 2   c = 3
 * filter((x) => x > 1)  -----b---c--|
 * ```
 *
 * - **Emits** the records for which `fn` answers something truthy, as they came.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`failed`) a record on which `fn` throws.
 * - **State** none. What does not go on is counted as `filtered`.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `fn` is not a function.
 */
export function filter<T, Out extends T>(fn: (value: T) => value is Out): Operator<T, Out>;
export function filter<T>(fn: (value: T) => boolean): Operator<T, T>;
export function filter(fn: (value: never) => boolean): unknown {
  const recipe: FilterRecipe = { fn: callback('filter', 'fn', fn) };
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'filter',
      options: recipe,
      fields: { reads: 'all', writes: [], keepsOthers: true },
      summary: fn.name,
    },
    make: makeFilter,
  });
}
