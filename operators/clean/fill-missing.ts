import { ArgumentError } from '../../core/errors.ts';
import { namedEntries, oneOf, optionsObject, positiveInteger } from '../../core/guards.ts';
import type { KnownFields } from '../../core/known-fields.ts';
import { isMissing } from '../../core/missing.ts';
import { keyLimitOptions, type KeyLimits, keyLimits, timeOfLimits } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { KeyOf, Names, Present } from '../../core/row-types.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone, standaloneOptions } from '../standalone.ts';
import { type FieldFill, type FillMissingRecipe, makeFillMissing } from './fill-missing-processor.ts';

/** What a missing value becomes. `limit`: only the first n records of a gap are filled. */
export type Fill<V> =
  'previous' | { readonly value: NonNullable<V> } | { readonly method: 'previous'; readonly limit?: number };

/** Only a constant leaves no gap for sure. */
export type FilledForSure<F> = { [K in keyof F]: F[K] extends { readonly value: unknown } ? K : never }[keyof F];

/** When keys are forgotten; in Rx code also time, key and policy. */
export type FillMissingOptions<T> = KeyLimits & Standalone<T, KeyOf<T>>;

/**
 * Puts a value where one is missing: a constant, or the last one that came, for each key by itself.
 *
 * ```text
 * source                          -a---b---c---d--|    a.t = null   b.t = 7   c.t = null   d.t = NaN
 * fillMissing({t: 'previous'})    -a---b---x---y--|    x.t = 7      y.t = 7
 * ```
 *
 * - **Emits** one record for each, at once, with the filled fields in their places; one that misses nothing as it came.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) a record that is no object.
 * - **State** of each field filled with `previous` the last value and one number a key; with constants alone none. A key stays
 *   for ever, or as long as `ttl` and `maxKeys` say: one that is forgotten is a rejection of kind `evicted` (dropped by default, counted).
 * - **Missing** are `null`, `undefined`, `NaN` and a field that is not there. `''`, `0` and `false` are values.
 * - **Previous** is what came before, whatever its event time: `sortByTime` first where order matters. Before the first
 *   value, and behind `limit` records of one gap, a missing value stays as it is. A filled value does not count as one.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, a fill does not exist, or a constant is missing
 * itself.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { fillMissing } from 'millrace/operators';
 *
 * of({ t: 7, unit: 'C' }, { t: null, unit: null })
 *   .pipe(fillMissing({ t: 'previous', unit: { value: 'K' } }))
 *   .subscribe((row) => console.log(row.t, row.unit));
 * ```
 * ```text
 * 7 C
 * 7 K
 * ```
 */
export function fillMissing<T, const F extends { readonly [K in Names<T>]?: Fill<T[K]> }>(
  fields: F & KnownFields<NoInfer<T>, F>,
  options: FillMissingOptions<T> = {},
): Operator<T, Present<T, FilledForSure<F>>> {
  const given = optionsObject<FillMissingOptions<T>>('fillMissing', options, [
    ...keyLimitOptions,
    ...standaloneOptions,
  ]);
  const fills = namedEntries<unknown>('fillMissing', 'fields', fields).map(([name, fill]) => checkedFill(name, fill));
  const names = fills.map(({ name }) => name);
  const recipe: FillMissingRecipe = { fields: fills, ...keyLimits('fillMissing', given) };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: 'fillMissing',
      options: recipe,
      fields: { reads: names, writes: names, keepsOthers: true },
      stateful: fills.some(({ method }) => method === 'previous'),
      time: timeOfLimits(recipe),
      summary: fills.map(({ name, method }) => `${name}: ${method}`).join(', '),
    },
    make: makeFillMissing,
  };
  return operator(step, standalone('fillMissing', given));
}

function checkedFill(name: string, given: unknown): FieldFill {
  const where = 'fillMissing';
  if (given === 'previous') return { name, method: given, limit: Number.POSITIVE_INFINITY };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ArgumentError(where, name, "'previous', `{ value }` or `{ method: 'previous' }`", given);
  }
  const known = 'value' in given ? ['value'] : ['method', 'limit'];
  for (const option of Object.keys(given)) oneOf(where, `${name}.${option}`, option, known);
  if ('value' in given) {
    if (isMissing(given.value)) throw new ArgumentError(where, `${name}.value`, 'a value', given.value);
    return { name, method: 'value', value: given.value };
  }
  const { method, limit } = given as { readonly method?: unknown; readonly limit?: unknown };
  return {
    name,
    method: oneOf(where, `${name}.method`, method, ['previous']),
    limit: limit === undefined ? Number.POSITIVE_INFINITY : positiveInteger(where, `${name}.limit`, limit),
  };
}
