import { optionsObject, positiveInteger } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { makeSortByTime, type SortByTimeRecipe } from './sort-by-time-processor.ts';

export interface SortByTimeOptions {
  /** Records that may wait, of all keys together; beyond them the oldest go on before their time, counted as `hurried`. Default 100,000. */
  readonly maxHeld?: number;
}

const defaultMaxHeld = 100_000;

/**
 * Puts records into the order of their event time: holds each until the watermark has passed it.
 *
 * ```text
 * source        -a---b---c---d--|      a.at = 1   b.at = 4   c.at = 3   d.at = 9   out of order by 2
 * sortByTime    -----a-------cb-(d|)   watermark behind b: 1   behind d: 6
 * ```
 *
 * - **Emits** every record as it came, with its own time, key and origin, in the order of time, ties as they came; the watermark
 *   comes behind what it lets go.
 * - **Completes** with the source, after all that is held. **Fails** with the source's error; what is held is dropped.
 * - **Rejects** (`late`, dropped by default, counted) a record that is not later than the watermark: younger ones may have left;
 *   (`invalid`) one without a timestamp.
 * - **State** the records between the watermark and the newest, at most `maxHeld`. Beyond it the oldest go on before their time:
 *   records that come behind these may be older, and are let go in the order of what is still there.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `maxHeld` is not a whole number from 1.
 */
export function sortByTime<T>(options: SortByTimeOptions & Standalone<T, KeyOf<T>> = {}): Operator<T, T> {
  const where = 'sortByTime';
  const given = optionsObject<typeof options>(where, options, ['maxHeld', ...standaloneOptions]);
  const recipe: SortByTimeRecipe = { maxHeld: positiveInteger(where, 'maxHeld', given.maxHeld ?? defaultMaxHeld) };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: { reads: [], writes: [], keepsOthers: true },
      stateful: true,
      time: 'needs' as const,
      summary: `at most ${recipe.maxHeld} held`,
    },
    make: makeSortByTime,
  };
  return operator(step, standalone(where, given as never));
}
