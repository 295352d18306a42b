import { plainRecipe } from '../../core/recipe.ts';
import { type Operator, operator } from '../operator.ts';
import { makeUnkeyed } from './unkeyed-processor.ts';

/**
 * Takes the key back that `keyBy` gave: all records share windows, state and order from here on.
 *
 * ```text
 * source      -a---b---c--|    a.id = 1   b.id = 2   c.id = 1, each with a key of its own
 * unkeyed()   -a---b---c--|    one key for all of them
 * ```
 *
 * - **Emits** every record as it came, with its time.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **State** none.
 *
 * @example
 * ```ts
 * import { count, stream } from 'millrace';
 *
 * stream([{ id: 'a', at: 1 }, { id: 'b', at: 2 }])
 *   .eventTime('at')
 *   .keyBy('id')
 *   .unkeyed()
 *   .tumblingWindow('1s')
 *   .aggregate({ n: count() })
 *   .subscribe((row) => console.log(row.n));
 * ```
 * ```text
 * 2
 * ```
 */
export function unkeyed<T>(): Operator<T, T> {
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'unkeyed',
      options: {},
      fields: { reads: [], writes: [], keepsOthers: true },
      key: 'drops',
      summary: '',
    },
    make: makeUnkeyed,
  });
}
