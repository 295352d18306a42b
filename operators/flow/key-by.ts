import { callback, fieldNames, namedEntries } from '../../core/guards.ts';
import { plainRecipe, type Step } from '../../core/recipe.ts';
import type { Names } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type KeyByRecipe, makeKeyBy } from './key-by-processor.ts';

/**
 * Keeps records of different keys apart: steps behind it have state, windows and order for each key by itself.
 *
 * ```text
 * source        -a---b---c--|    a.id = 1   b.id = 2   c.id = 1
 * keyBy('id')   -a---b---c--|    a and c share their state from here on, b has its own
 * ```
 *
 * - **Emits** every record as it came. A key is one or more fields of the record, or named functions of it; rows of windows
 *   carry the key's fields.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) a record whose key is missing, or is no string, number, bigint or boolean; `1` and `'1'` are two keys.
 * - **State** about 150 bytes a key, as long as a step holds something for it; of the others the last 10,000 are remembered.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, or one twice.
 */
export function keyBy<T>(...key: readonly [Names<T>, ...Names<T>[]] | readonly [KeyFunctions<T>]): Operator<T, T> {
  return operator(keyByStep('keyBy', key));
}

/** Named functions that make a key of a record. */
export type KeyFunctions<T> = { readonly [name: string]: (value: T) => unknown };

/** The step behind `keyBy`, and before an operator that is told its key in Rx code. */
export function keyByStep(where: string, key: readonly unknown[]): Step {
  const options = typeof key[0] === 'object' ? functions(where, key[0]) : { fields: fieldNames(where, 'key', key) };
  return {
    recipe: {
      ...plainRecipe,
      operator: 'keyBy',
      options,
      fields: { reads: options.functions === undefined ? options.fields : 'all', writes: [], keepsOthers: true },
      stateful: true,
      key: 'sets',
      summary: options.fields.join(', '),
    },
    make: makeKeyBy,
  };
}

function functions(where: string, given: unknown): KeyByRecipe {
  const entries = namedEntries(where, 'key', given);
  return {
    fields: entries.map(([name]) => name),
    functions: entries.map(([name, fn]) => callback(where, name, fn)),
  };
}
