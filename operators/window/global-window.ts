import { optionsObject } from '../../core/guards.ts';
import { keyLimitOptions, type KeyLimits, keyLimits } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { type GlobalWindowRecipe, makeGlobalWindow } from './global-window-processor.ts';
import { aggregateNames, fieldsOf, namedAggregates, withAggregates } from './named-aggregates.ts';
import type { WindowOptions, WindowRow } from './window-options.ts';
import { refiring, settingsText, windowSettings } from './window-settings.ts';

export interface GlobalWindowOptions extends Pick<WindowOptions, 'panes'>, KeyLimits {
  /**
   * Rows before the end: every so often, or every n records of a key, and only if something is new. In event time `every` counts
   * from the epoch (`'1m'`: on the minute), in processing time from the key's first record. Without it only the end gives rows.
   */
  readonly early?: NonNullable<WindowOptions['early']>;
}

/**
 * Puts all records of a key into one window, which ends with the input, and aggregates what has come so far.
 *
 * ```text
 * source                                -a--b--c--d--e--|
 * globalWindow({})                      ----------------x|    x = a b c d e
 * globalWindow({ early: { count: 2 } }) ----u-----v-----w|    u = a b   v = a b c d   w = a b c d e
 * ```
 *
 * - **Emits** one row for each key at the end, and before it as `early` says; each then says which `pane` it is. A row has the
 *   key's fields, `windowStart` (the oldest timestamp in it), `windowEnd` (the newest, plus 1 ms) and the aggregates; with
 *   `panes: 'discarding'` those of what is new since the key's last row. Its own time is the newest timestamp in it.
 * - **Completes** with the source, after the last rows. **Fails** with the source's error; what no row has held is dropped.
 * - **Rejects** (`invalid`) a record without a timestamp, or whose field holds no number where an aggregate needs one. No
 *   record is late.
 * - **State** the aggregates of every key ever seen.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if an option is wrong or `aggregate` names nothing.
 */
export function globalWindow<T, const K extends KeyOf<T> = readonly [], A extends Aggregates<T> = {}>(
  options: { readonly aggregate: A } & GlobalWindowOptions & Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, Results<T, A>>> {
  const where = 'globalWindow';
  const given = optionsObject<typeof options>(where, options, [
    'early',
    'panes',
    'aggregate',
    ...keyLimitOptions,
    ...standaloneOptions,
  ]);
  const aggregates = namedAggregates(where, given.aggregate);
  const settings = windowSettings(where, given);
  const recipe: GlobalWindowRecipe = { settings, aggregates, ...keyLimits(where, given) };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: { reads: fieldsOf(aggregates), writes: aggregates.map(({ name }) => name), keepsOthers: false },
      stateful: true,
      ...refiring(recipe.settings),
      time: 'needs' as const,
      summary: `all records${settingsText(given)}: ${aggregateNames(aggregates)}`,
    },
    make: withAggregates(makeGlobalWindow, given.aggregate),
  };
  return operator(step, standalone(where, given as never));
}
