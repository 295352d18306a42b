import { namedEntries, optionsObject } from '../../core/guards.ts';
import type { KnownFields } from '../../core/known-fields.ts';
import { plainRecipe } from '../../core/recipe.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone } from '../standalone.ts';
import { type CastRecipe, makeCast } from './cast-processor.ts';
import { checkedField } from './cast-rule.ts';
import type { Casted, CastSpec } from './cast-types.ts';

export type { Casted, CastName, CastRule, CastSpec, CastTypes } from './cast-types.ts';

/**
 * Turns fields into what they stand for: numbers, booleans and timestamps out of text.
 *
 * ```text
 * source                            -a---b---c--|    a.t = '21.5'   b.t = '12abc'   c.t = 3
 * cast({t: 'number'}, {onReject})   -x-------y--|    x.t = 21.5     y.t = 3         b is rejected
 * ```
 *
 * - **Emits** each record with the cast fields in their places, the others as they are. The record that came is not touched.
 * - **Completes** with the source. **Fails** with the source's error.
 * - **Rejects** (`invalid`) a record with a value that does not fit: `field`, `rule` and `received` are those of the first
 *   such field in the order of the spec, the further ones stand in `others`. A record that is no object is rejected, too.
 * - **State** none.
 * - **Missing** are `null`, `undefined`, `NaN`, `''`, blank text (but in a `string`) and what the rule lists: rejected as
 *   `not missing`, or `null` where the type ends in `?`.
 * - **Space** around text is ignored, but in a `string`.
 * - **number** is decimal: no `Infinity`, hex, `12abc`, booleans. Text with too many digits gives the nearest number.
 * - **integer** has no fraction (`12.0` has none) and no exponent, and lies within ±(2^53 - 1).
 * - **string** keeps text as it is; numbers, booleans and a `Date` (ISO 8601) become text, objects are rejected.
 * - **boolean** is `true` or `false` in any case, or exactly one of the texts listed; 1 is the text `'1'`.
 * - **timestamp** is epoch ms, from ISO 8601 text, a number or a `Date`; digits behind the milliseconds are cut off. A
 *   time without offset needs `zone`: one that clocks show twice is the earlier, one that they skip is as long after the
 *   change (Temporal's `compatible`). Rejected: days that no calendar has, 24:00, leap seconds.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if no field is named, or a type or an option does not exist.
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { cast } from 'millrace/operators';
 *
 * of({ id: 'a', t: '21.5', at: '2024-01-31T12:00:00Z' })
 *   .pipe(cast({ t: 'number', at: 'timestamp' }))
 *   .subscribe((row) => console.log(JSON.stringify(row)));
 * ```
 * ```text
 * {"id":"a","t":21.5,"at":1706702400000}
 * ```
 */
export function cast<T, const S extends CastSpec<T>>(
  spec: S & KnownFields<NoInfer<T>, S>,
  options: Pick<Standalone<T>, 'onReject'> = {},
): Operator<T, Casted<T, S>> {
  const given = optionsObject<Pick<Standalone<T>, 'onReject'>>('cast', options, ['onReject']);
  const fields = namedEntries<unknown>('cast', 'spec', spec).map(([name, rule]) => checkedField('cast', name, rule));
  const names = fields.map(({ name }) => name);
  const recipe: CastRecipe = { fields };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: 'cast',
      options: recipe,
      fields: { reads: names, writes: names, keepsOthers: true },
      summary: fields.map(({ name, type, optional }) => `${name}: ${type}${optional ? '?' : ''}`).join(', '),
    },
    make: makeCast,
  };
  return operator(step, standalone('cast', given));
}
