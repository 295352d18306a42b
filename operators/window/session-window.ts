import type { Duration } from '../../core/duration.ts';
import { optionsObject } from '../../core/guards.ts';
import { keyLimitOptions, keyLimits, timeOfLimits } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { aggregateNames, fieldsOf, namedAggregates, withAggregates } from './named-aggregates.ts';
import { makeSessionWindow, type SessionWindowRecipe } from './session-window-processor.ts';
import { windowLength } from './window-length.ts';
import type { WindowOptions, WindowRow } from './window-options.ts';
import { refiring, settingsText, windowSettings } from './window-settings.ts';

/** Sessions stand on no grid, and there are none without records. */
export interface SessionWindowOptions<T> extends Omit<WindowOptions, 'offset' | 'empty'> {
  /** A session ends when nothing has come for so long. A function is asked for each record how long it keeps its session open. */
  readonly gap: Duration | ((value: T) => Duration);
}

const own = ['gap', 'clock', 'allowedLateness', 'early', 'panes', ...keyLimitOptions];

/**
 * Cuts event time where nothing came for a while, for each key by itself, and aggregates what lies between two such gaps.
 *
 * ```text
 * gap '2s'       |0s  |1s  |2s  |3s  |4s  |5s  |6s  |7s
 * source         -a----b--------c-----------------d------|    a, b and c are less than 2 s apart
 * sessionWindow  ---------------------------------x-----y|    x = a b c, from a to c + 2 s   y = d, at the end
 * ```
 *
 * - **Emits** one row for each key and session: the key's fields, `windowStart` (the first record's time), `windowEnd` (the
 *   last one's, plus the gap; not included) and the aggregates, when the watermark reaches `windowEnd - 1`. With `early` or
 *   `allowedLateness` there may be more of them, and each says which `pane` it is.
 * - **Completes** with the source, after all open sessions. **Fails** with the source's error; open sessions are dropped.
 * - **Rejects** (`late`, dropped by default, counted) a record that touches no session and whose own would be forgotten
 *   already; (`invalid`) one without a timestamp, whose field holds no number where an aggregate needs one, or whose `gap`
 *   is no positive duration; (`failed`) one on which `gap` throws.
 * - **State** some eighty bytes and the aggregates for each session that is open, or may still be updated.
 * - **Merges** sessions that overlap or touch: exactly one gap apart is the same session, as in Flink and Kafka. A record
 *   that comes late may join two; the row that follows holds both, and the larger pane index of the two goes on.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `gap` is neither a positive duration nor a function, or another
 * option is wrong.
 */
export function sessionWindow<T, const K extends KeyOf<T> = readonly [], A extends Aggregates<T> = {}>(
  options: { readonly aggregate: A } & SessionWindowOptions<T> & Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, Results<T, A>>> {
  const where = 'sessionWindow';
  const given = optionsObject<typeof options>(where, options, [...own, 'aggregate', ...standaloneOptions]);
  const aggregates = namedAggregates(where, given.aggregate);
  const settings = windowSettings(where, given);
  const recipe: SessionWindowRecipe = {
    gap: typeof given.gap === 'function' ? given.gap : windowLength(where, 'gap', given.gap),
    settings,
    aggregates,
    ...keyLimits(where, given),
  };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: {
        reads: typeof given.gap === 'function' ? ('all' as const) : fieldsOf(aggregates),
        writes: aggregates.map(({ name }) => name),
        keepsOthers: false,
      },
      stateful: true,
      ...refiring(settings),
      time: settings.clock === 'event' ? ('needs' as const) : timeOfLimits(recipe),
      summary: `gap ${typeof given.gap === 'function' ? 'by record' : given.gap}${settingsText(given)}: ${aggregateNames(aggregates)}`,
    },
    make: withAggregates(makeSessionWindow, given.aggregate),
  };
  return operator(step, standalone(where, given as never));
}
