import { ArgumentError } from '../../core/errors.ts';
import { optionsObject, positiveInteger } from '../../core/guards.ts';
import { keyLimitOptions, type KeyLimits, keyLimits, limitsText } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { makeCountWindow } from './count-window-processor.ts';
import type { CountWindowRecipe } from './count-window-recipe.ts';
import { aggregateNames, fieldsOf, namedAggregates, withAggregates } from './named-aggregates.ts';
import type { WindowRow } from './window-options.ts';

export interface CountWindowOptions extends KeyLimits {
  /** Records in a window. */
  readonly size: number;
  /** Records from one window's end to the next one's, at most `size`. Default: `size`, windows side by side. */
  readonly slide?: number;
}

/**
 * Cuts the records of each key into windows of so many, as they come, and aggregates each.
 *
 * ```text
 * source                     -a--b--c--d--e--|
 * countWindow({ size: 2 })   ----x-----y----z|   x = a b   y = c d   z = e, at the end
 *
 * source                              -a--b--c--d--e--|
 * countWindow({ size: 3, slide: 2 })  ----x-----y----z|   x = a b   y = b c d   z = d e, at the end
 * ```
 *
 * - **Emits** one row at each `size`th record of a key; with `slide` at each `slide`th, over the last `size`, also as long as
 *   there are fewer (as in Flink): the key's fields, `windowStart` (the oldest timestamp in it), `windowEnd` (the newest, plus
 *   1 ms) and the aggregates. A row's own time is the newest timestamp in it.
 * - **Completes** with the source, after the windows that are open: each fires with the records that it has, if one of them
 *   has come since the key's last row. **Fails** with the source's error; open windows are dropped.
 * - **Rejects** (`invalid`) a record without a timestamp, or whose field holds no number where an aggregate needs one. No
 *   record is late: windows go by arrival.
 * - **State** the aggregates for each key with an open window; with `slide` as many of them as there are slides in `size`,
 *   twice as many if that is no whole number, for every key ever seen.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `size` or `slide` is no whole number of at least 1, or `slide` is
 * larger than `size`.
 */
export function countWindow<T, const K extends KeyOf<T> = readonly [], A extends Aggregates<T> = {}>(
  options: { readonly aggregate: A } & CountWindowOptions & Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, Results<T, A>>> {
  const where = 'countWindow';
  const given = optionsObject<typeof options>(where, options, [
    'size',
    'slide',
    'aggregate',
    ...keyLimitOptions,
    ...standaloneOptions,
  ]);
  const aggregates = namedAggregates(where, given.aggregate);
  const size = positiveInteger(where, 'size', given.size);
  const slide = given.slide === undefined ? size : positiveInteger(where, 'slide', given.slide);
  if (slide > size) {
    const hint = 'a longer slide would lose the records between windows';
    throw new ArgumentError(where, 'slide', `at most \`size\` (${size})`, given.slide, hint);
  }
  const recipe: CountWindowRecipe = { size, slide, aggregates, ...keyLimits(where, given) };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: { reads: fieldsOf(aggregates), writes: aggregates.map(({ name }) => name), keepsOthers: false },
      stateful: true,
      time: 'needs' as const,
      summary: `${size} records${slide === size ? '' : ` every ${slide}`}${limitsText(given)}: ${aggregateNames(aggregates)}`,
    },
    make: withAggregates(makeCountWindow, given.aggregate),
  };
  return operator(step, standalone(where, given as never));
}
