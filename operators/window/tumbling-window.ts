import { type Duration, positiveDuration, shift } from '../../core/duration.ts';
import { optionsObject } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { aggregateNames, fieldsOf, namedAggregates, withAggregates } from './named-aggregates.ts';
import { makeTumblingWindow, type TumblingWindowRecipe } from './tumbling-window-processor.ts';
import type { WindowOptions, WindowRow } from './window-options.ts';

/**
 * Cuts event time into windows of one size that stand side by side, and aggregates what falls into each.
 *
 * ```text
 * size '5s'      |0s            |5s            |10s
 * source         -a-----b----c---d--------------e--|    watermark of e: 10 s
 * tumblingWindow ----------------x--------------y--z|   x = a b c   y = d   z = e, at the end
 * ```
 *
 * - **Emits** one row for each key and window that a record fell into: the key's fields, `windowStart`, `windowEnd` (epoch ms,
 *   the end not included) and the aggregates, when the watermark reaches `windowEnd - 1`. Rows that are due together come by
 *   `windowEnd`, then in the order in which their keys were first seen. A row's own time is `windowEnd - 1`.
 * - **Completes** with the source, after all open windows. **Fails** with the source's error; open windows are dropped.
 * - **Rejects** (`late`, dropped by default, counted) a record whose window has fired; (`invalid`) one without a timestamp, or
 *   whose field holds no number where an aggregate needs one.
 * - **State** a few numbers for each key and open window, forgotten when the window fires.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `size` is not a positive duration or `aggregate` names nothing.
 */
export function tumblingWindow<T, const K extends KeyOf<T> = readonly [], A extends Aggregates<T> = {}>(
  options: { readonly size: Duration; readonly aggregate: A } & WindowOptions & Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, Results<T, A>>> {
  const where = 'tumblingWindow';
  const given = optionsObject<typeof options>(where, options, ['size', 'offset', 'aggregate', ...standaloneOptions]);
  const aggregates = namedAggregates(where, given.aggregate);
  const recipe: TumblingWindowRecipe = {
    sizeMs: positiveDuration(where, 'size', given.size),
    offsetMs: shift(where, 'offset', given.offset ?? 0),
    aggregates,
  };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: { reads: fieldsOf(aggregates), writes: aggregates.map(({ name }) => name), keepsOthers: false },
      stateful: true,
      time: 'needs' as const,
      summary: `${given.size}: ${aggregateNames(aggregates)}`,
    },
    make: withAggregates(makeTumblingWindow, given.aggregate),
  };
  return operator(step, standalone(where, given as never));
}
