import { ArgumentError } from '../../core/errors.ts';
import { fieldName, optionsObject, positiveInteger } from '../../core/guards.ts';
import { keyLimitOptions, type KeyLimits, keyLimits, timeOfLimits } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, NamesOf, Put } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { makeMovingAverage, type MovingAverageRecipe } from './moving-average-processor.ts';

export interface MovingOptions {
  /** How many records are looked back on, the newest included. */
  readonly over: number;
  /** Values, missing ones not counted, among these records for a result; `null` with fewer. Default `over`. */
  readonly minPeriods?: number;
}

const own = ['over', 'minPeriods'];

/**
 * The mean of the last records, for each key by itself.
 *
 * ```text
 * source                      -a----b----c--|    a = 10     b = 20   c = 40
 * movingAverage({ over: 2 })  -x----y----z--|    x = null   y = 15   z = 30
 * ```
 *
 * - **Emits** one record for each, at once: the mean of the last `over` of them itself, or the row with it in the field `as`;
 *   `null` as long as fewer than `minPeriods` of them have a value.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) what is no number and not missing, and ±Infinity.
 * - **State** at most `over` numbers and five more a key; a key with few records has few. A key stays for ever, or as long as
 *   `ttl` and `maxKeys` say: one that is forgotten is a rejection of kind `evicted` (dropped by default, counted).
 * - **Missing values** take a place in the look-back and are no values, as in pandas' `rolling(n)`.
 * - **Rounding** the sum is compensated, and taken anew every `over` records: errors do not pile up.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `over` or `minPeriods` is not a whole number from 1, or `minPeriods`
 * is more than `over`.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { movingAverage } from 'millrace/operators';
 *
 * of(10, 20, 40)
 *   .pipe(movingAverage({ over: 2 }))
 *   .subscribe((average) => console.log(average));
 * ```
 * ```text
 * null
 * 15
 * 30
 * ```
 */
export function movingAverage(options: MovingOptions): Operator<number | null, number | null>;
export function movingAverage<T, F extends NamesOf<T, number>, const As extends string>(
  field: F,
  options: MovingOptions & KeyLimits & { readonly as: As } & Standalone<T, KeyOf<T>>,
): Operator<T, Put<T, { [P in As]: number | null }>>;
export function movingAverage(fieldOrOptions: string | MovingOptions, withField?: object): unknown {
  const where = 'movingAverage';
  const field = typeof fieldOrOptions === 'object' ? undefined : fieldName(where, 'field', fieldOrOptions);
  const known = field === undefined ? own : [...own, 'as', ...keyLimitOptions, ...standaloneOptions];
  const options = optionsObject<MovingOptions & KeyLimits & { as?: string }>(
    where,
    field === undefined ? fieldOrOptions : withField,
    known,
  );
  const over = positiveInteger(where, 'over', options.over);
  const minPeriods = positiveInteger(where, 'minPeriods', options.minPeriods ?? over);
  if (minPeriods > over) throw new ArgumentError(where, 'minPeriods', `at most \`over\` (${over})`, minPeriods);
  const as = field === undefined ? '' : fieldName(where, 'as', options.as);
  const recipe: MovingAverageRecipe = { field, as, over, minPeriods, ...keyLimits(where, options) };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: {
        reads: field === undefined ? ('all' as const) : [field],
        writes: field === undefined ? [] : [as],
        keepsOthers: true,
      },
      stateful: true,
      time: timeOfLimits(recipe),
      summary: `${field === undefined ? '' : `${field} as ${as}, `}over ${over}`,
    },
    make: makeMovingAverage,
  };
  return operator(step, field === undefined ? {} : standalone(where, withField ?? {}));
}
