import { callback, namedEntries } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { Put } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type DeriveRecipe, makeDerive } from './derive-processor.ts';

/**
 * Adds fields to records, or replaces them, by functions of the record.
 *
 * ```text
 * source                           -a---b--|    a = { w: 2, h: 3 }            b = { w: 4, h: 5 }
 * derive({ area: (r) => r.w*r.h }) -x---y--|    x = { w: 2, h: 3, area: 6 }   y = { w: 4, h: 5, area: 20 }
 * ```
 *
 * - **Emits** a copy of each record with these fields. Every function is handed the record as it came in: none sees what
 *   another has derived.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`failed`) a record on which a function throws, with the field's name; (`invalid`) what is no object.
 * - **State** none.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, or one by no function.
 */
export function derive<T, R extends object>(fields: { [K in keyof R]: (value: T) => R[K] }): Operator<T, Put<T, R>> {
  const entries = namedEntries('derive', 'fields', fields);
  const recipe: DeriveRecipe = {
    fields: entries.map(([name]) => name),
    functions: entries.map(([name, fn]) => callback('derive', name, fn)),
  };
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'derive',
      options: recipe,
      fields: { reads: 'all', writes: recipe.fields, keepsOthers: true },
      summary: recipe.fields.join(', '),
    },
    make: makeDerive,
  });
}
