import { fieldNames } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { Flat, Names } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { makeSelect, type SelectRecipe } from './select-processor.ts';

/**
 * Keeps some fields of each record, in the order in which they are named.
 *
 * ```text
 * source             -a---b--|    a = { x: 1, y: 2, z: 3 }   b = { z: 6, y: 5 }
 * select('z', 'x')   -c---d--|    c = { z: 3, x: 1 }         d = { z: 6 }
 * ```
 *
 * - **Emits** a new record with these fields. One that the record does not have is not in the new one either.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) what is no object.
 * - **State** none. Time, key and origin stay those of the record, also when their fields go.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, or one twice.
 */
export function select<T, F extends Names<T>>(...fields: F[]): Operator<T, Flat<Pick<T, F>>> {
  const recipe: SelectRecipe = { fields: fieldNames('select', 'fields', fields) };
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'select',
      options: recipe,
      fields: { reads: recipe.fields, writes: [], keepsOthers: false },
      summary: recipe.fields.join(', '),
    },
    make: makeSelect,
  });
}
