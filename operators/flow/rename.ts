import { ArgumentError } from '../../core/errors.ts';
import { fieldName, namedEntries } from '../../core/guards.ts';
import type { KnownFields } from '../../core/known-fields.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { Flat, Names } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { makeRename, type RenameRecipe } from './rename-processor.ts';

/** A record `T` whose fields have the names that `M` gives them. */
export type Renamed<T, M> = Flat<{ [K in keyof T as K extends keyof M ? M[K] & string : K]: T[K] }>;

/**
 * Gives fields of each record other names: old ones on the left, new ones on the right.
 *
 * ```text
 * source                -a---b--|    a = { t: 1, u: 2 }      b = { u: 3 }
 * rename({ t: 'temp' }) -x---y--|    x = { temp: 1, u: 2 }   y = { u: 3 }
 * ```
 *
 * - **Emits** a new record whose fields stand where they stood. All are renamed at once, so two may change places.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) what is no object.
 * - **State** none.
 * - **Where the new name is taken** the field that had it gives way, if the record has the one that is renamed.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, or two get one name.
 */
export function rename<T, const M extends { readonly [K in Names<T>]?: string }>(
  names: M & KnownFields<NoInfer<T>, M>,
): Operator<T, Renamed<T, M>> {
  const entries = namedEntries<unknown>('rename', 'names', names).map(
    ([from, to]) => [from, fieldName('rename', from, to)] as const,
  );
  const targets = entries.map(([, to]) => to);
  const twice = targets.find((to, index) => targets.indexOf(to) !== index);
  if (twice !== undefined) {
    throw new ArgumentError('rename', 'names', 'different new names', twice, 'one of the two fields would be lost');
  }
  const recipe: RenameRecipe = { names: entries };
  return operator({
    recipe: {
      ...plainRecipe,
      operator: 'rename',
      options: recipe,
      // The new names are read, too: whoever has one keeps it where the old one is not there.
      fields: { reads: [...new Set(entries.flat())], writes: targets, keepsOthers: true },
      summary: entries.map(([from, to]) => `${from} as ${to}`).join(', '),
    },
    make: makeRename,
  });
}
