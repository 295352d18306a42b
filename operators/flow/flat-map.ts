import { callback } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import { type Operator, operator } from '../operator.ts';
import { type FlatMapRecipe, makeFlatMap } from './flat-map-processor.ts';

/**
 * Makes any number of records of each: none, one or many.
 *
 * ```text
 * source              -a-----b---c--|    a = [1, 2]   b = []   c = [3]
 * flatMap((xs) => xs) -(xy)------z--|    x = 1   y = 2   z = 3
 * ```
 *
 * - **Emits** the rows of the iterable that `fn` answers, one after the other, within the call; each has the time, key and
 *   origin of the record.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`failed`) a record on which `fn` throws, or answers nothing iterable, or whose iterator throws: the rows
 *   before that have left already.
 * - **State** none. A generator is asked for a row when the one before has left, and closed when the subscriber leaves.
 * - **Counted**: the first row is the record itself (`passed`), further ones are `made`; of none the record is `filtered`.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `fn` is not a function.
 */
export function flatMap<T, Out>(fn: (value: T) => Iterable<Out>): Operator<T, Out> {
  const recipe: FlatMapRecipe = { fn: callback('flatMap', 'fn', fn) };
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'flatMap',
      options: recipe,
      fields: { reads: 'all', writes: [], keepsOthers: false },
      summary: fn.name,
    },
    make: makeFlatMap,
  });
}
