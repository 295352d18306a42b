import { fieldName, oneOf, optionsObject, positiveInteger } from '../../core/guards.ts';
import { keyLimitOptions, type KeyLimits, keyLimits, timeOfLimits } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, NamesOf, Put } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { alphaOf, type Decay, decayOptions } from './decay.ts';
import { type EwmaRecipe, makeEwma } from './ewma-processor.ts';

export type EwmaOptions = Decay & {
  /** `false` (default): s = alpha x + (1 - alpha) s. `true`: weights sum to one from the first record, as pandas does by default. */
  readonly adjust?: boolean;
  /** A missing value gives the average so far (`null` before the first). `decay` (default) ages what came before it, `skip` acts as if it had not come. */
  readonly missing?: 'decay' | 'skip';
  /** Values, missing ones not counted, before the first result; `null` until then. Default 1. */
  readonly minPeriods?: number;
};

const own = [...decayOptions, 'adjust', 'missing', 'minPeriods'];

/**
 * Smooths numbers with an exponentially weighted moving average, for each key by itself.
 *
 * ```text
 * source              -a----b----c--|    a = 10   b = 20   c = 20
 * ewma({alpha: 0.5})  -x----y----z--|    x = 10   y = 15   z = 17.5
 * ```
 *
 * - **Emits** one record for each, at once: the average itself, or the row with it in the field `as`. The first value is its
 *   own average; a missing value gives the average so far, `null` before the first.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) what is no number and not missing, and ±Infinity: it would stay in the average for ever.
 * - **State** three numbers a key, for ever, or as long as `ttl` and `maxKeys` say: a key that is forgotten is a rejection of
 *   kind `evicted` (dropped by default, counted), and begins anew when it comes again.
 * - **Source** the recursive form of Brown's exponential smoothing; `adjust: true` is the weighted mean of all values with
 *   weights (1 - alpha)^age, as in pandas.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if not exactly one decay is given, or one is outside its range.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { ewma } from 'millrace/operators';
 *
 * of(10, 20, 20)
 *   .pipe(ewma({ alpha: 0.5 }))
 *   .subscribe((average) => console.log(average));
 * ```
 * ```text
 * 10
 * 15
 * 17.5
 * ```
 */
export function ewma(options: EwmaOptions): Operator<number | null, number | null>;
export function ewma<T, F extends NamesOf<T, number>, const As extends string>(
  field: F,
  options: EwmaOptions & KeyLimits & { readonly as: As } & Standalone<T, KeyOf<T>>,
): Operator<T, Put<T, { [P in As]: number | null }>>;
export function ewma(fieldOrOptions: string | EwmaOptions, withField?: object): unknown {
  const field = typeof fieldOrOptions === 'object' ? undefined : fieldName('ewma', 'field', fieldOrOptions);
  const known = field === undefined ? own : [...own, 'as', ...keyLimitOptions, ...standaloneOptions];
  const options = optionsObject<EwmaOptions & KeyLimits & { as?: string }>(
    'ewma',
    field === undefined ? fieldOrOptions : withField,
    known,
  );
  const recipe: EwmaRecipe = {
    field,
    as: field === undefined ? '' : fieldName('ewma', 'as', options.as),
    alpha: alphaOf('ewma', options),
    adjust: options.adjust === true,
    ageMissing: oneOf('ewma', 'missing', options.missing ?? 'decay', ['decay', 'skip']) === 'decay',
    minPeriods: positiveInteger('ewma', 'minPeriods', options.minPeriods ?? 1),
    ...keyLimits('ewma', options),
  };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: 'ewma',
      options: recipe,
      fields: {
        reads: field === undefined ? ('all' as const) : [field],
        writes: field === undefined ? [] : [recipe.as],
        keepsOthers: true,
      },
      stateful: true,
      time: timeOfLimits(recipe),
      summary: `${field === undefined ? '' : `${field} as ${recipe.as}, `}alpha ${recipe.alpha}`,
    },
    make: makeEwma,
  };
  return operator(step, field === undefined ? {} : standalone('ewma', withField ?? {}));
}
