import { plainRecipe } from '../../core/recipe.ts';
import { type Inputs, type Operator, operator } from '../operator.ts';
import { makeUnion } from './union-processor.ts';

/**
 * Puts the records of several streams into one.
 *
 * ```text
 * source      -a-------b--|
 * other       ---x--y--------|
 * union(other)-a-x--y--b-----|
 * ```
 *
 * - **Emits** every record as it comes. Event time is as far as the slowest input says; the key, if there was one, is gone.
 * - **Completes** when all inputs have. **Fails** with the first error of any.
 * - **State** one number an input. The source is subscribed to first, then the others in their order.
 */
export function union<T, U = T>(...others: Inputs<U>): Operator<T, T | U> {
  return operator(
    {
      recipe: {
        ...plainRecipe,
        operator: 'union',
        options: {},
        fields: { reads: [], writes: [], keepsOthers: true },
        stateful: true,
        key: 'drops',
        summary: others.length === 1 ? 'with another' : `with ${others.length} others`,
      },
      make: makeUnion,
    },
    { others },
  );
}
