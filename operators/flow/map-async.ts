import { type Duration, durationText, positiveDuration } from '../../core/duration.ts';
import { callback, optionsObject, positiveInteger } from '../../core/guards.ts';
import { plainRecipe } from '../../core/recipe.ts';
import { type Operator, operator } from '../operator.ts';
import { type Standalone, standalone } from '../standalone.ts';
import type { CallContext } from './call.ts';
import { makeMapAsync, type MapAsyncRecipe } from './map-async-processor.ts';

export interface MapAsyncOptions {
  /** Calls that may be under way, or wait for the answer of an older one, at a time. Default 16. */
  readonly concurrency?: number;
  /** A call that has not answered by then is aborted, and its record rejected. Processing time. Default: none. */
  readonly timeout?: Duration;
}

const defaultConcurrency = 16;

/**
 * Makes another record of each by an outside call, and waits for its answer. Rows leave in the order in which the records came.
 *
 * ```text
 * source                              -a-b-c-----|    a answers after 5, b after 1, c after 4
 * mapAsync(lookUp, {concurrency: 2})  ------(ab)c|    c is called when a has left
 * ```
 *
 * - **Emits** what `fn` answers, when it and all records before have been answered; time, key and origin stay those of the
 *   record, watermarks stay behind the records that they followed. What is no Promise goes on at once.
 * - **Completes** when the source has and every call has answered. **Fails** with the source's error; calls are aborted.
 * - **Rejects** (`failed`), in its turn, a record whose call throws, rejects, or takes longer than `timeout`: then `cause` is a
 *   `StreamError` (`ML_TIMEOUT`).
 * - **State** the records that have not left: at most `concurrency` where whoever runs the chain can let the input wait (a job,
 *   `for await`, a source, a list); all that came meanwhile where an Observable pushes.
 * - **Restore** makes the calls of these records again: an outside call may be made twice.
 * - **Signal** `context.signal` is given on a time-out, when the stream fails, and when the subscriber leaves or the job stops.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `fn` is not a function, `concurrency` not a whole number from 1, or
 * `timeout` not a positive duration.
 */
export function mapAsync<T, Out>(
  fn: (value: T, context: CallContext) => PromiseLike<Out> | Out,
  options: MapAsyncOptions & Pick<Standalone<T>, 'onReject'> = {},
): Operator<T, Out> {
  const where = 'mapAsync';
  const given = optionsObject<typeof options>(where, options, ['concurrency', 'timeout', 'onReject']);
  const concurrency = positiveInteger(where, 'concurrency', given.concurrency ?? defaultConcurrency);
  const timeoutMs =
    given.timeout === undefined ? Number.POSITIVE_INFINITY : positiveDuration(where, 'timeout', given.timeout);
  const recipe: MapAsyncRecipe = { fn: callback(where, 'fn', fn), concurrency, timeoutMs };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: { reads: 'all' as const, writes: [], keepsOthers: false },
      stateful: true,
      summary: [
        ...(fn.name === '' ? [] : [fn.name]),
        `${concurrency} at a time`,
        ...(given.timeout === undefined ? [] : [`within ${durationText(timeoutMs)}`]),
      ].join(', '),
    },
    make: makeMapAsync,
  };
  return operator(step, standalone(where, given));
}
