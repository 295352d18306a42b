import { callback } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import { type Operator, operator } from '../operator.ts';
import { makeMap } from './map-processor.ts';

/**
 * Makes another record of each.
 *
 * ```text
 * source            -a---b---c--|    a = 1   b = 2   c = 3
 * map((x) => 2*x)   -x---y---z--|    x = 2   y = 4   z = 6
 * ```
 *
 * - **Emits** what `fn` makes of each record; time, key and origin stay those of the record.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`failed`) a record on which `fn` throws.
 * - **State** none.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `fn` is not a function.
 */
export function map<T, Out>(fn: (value: T) => Out): Operator<T, Out> {
  callback('map', 'fn', fn);
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'map',
      options: { fn },
      fields: { reads: 'all', writes: [], keepsOthers: false },
      summary: fn.name,
    },
    make: makeMap,
  });
}
