import { fieldNames } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { Names, Present } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type DropMissingRecipe, makeDropMissing } from './drop-missing-processor.ts';

/**
 * Lets go on what has a value in every one of these fields.
 *
 * ```text
 * source              -a---b---c--|    a.id = 'x'   b.id = null   c.id = ''
 * dropMissing('id')   -a-------c--|
 * ```
 *
 * - **Emits** each record that has them, as it came. The others are counted as `filtered`, not rejected.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **State** none.
 * - **Missing** are `null`, `undefined`, `NaN` and a field that is not there. `''`, `0` and `false` are values. What is no
 *   object has no fields, and is dropped.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, or one twice.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { dropMissing } from 'millrace/operators';
 *
 * of({ id: 'x', t: 21 }, { id: null, t: 22 })
 *   .pipe(dropMissing('id'))
 *   .subscribe((row) => console.log(row.id, row.t));
 * ```
 * ```text
 * x 21
 * ```
 */
export function dropMissing<T, K extends Names<T>>(...fields: K[]): Operator<T, Present<T, K>> {
  const names = fieldNames('dropMissing', 'fields', fields);
  const recipe: DropMissingRecipe = { fields: names };
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'dropMissing',
      options: recipe,
      fields: { reads: names, writes: [], keepsOthers: true },
      summary: names.join(', '),
    },
    make: makeDropMissing,
  });
}
