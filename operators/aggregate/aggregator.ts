import { callback, optionsObject } from '../../core/guards.ts';
import type { Aggregate } from './aggregate.ts';
import { type AggregatorSpec, makeAggregator } from './aggregator-accumulators.ts';

/**
 * An aggregate of your own, of whole records. The state is plain data: snapshots hold it.
 *
 * - **Result** what `result` makes of the state; `null` where there was no record.
 * - **Rejects** (`failed`) a record that `add` or `create` throws on. No aggregate of the window has it then, provided that `add` throws before
 *   it changes the state that it was given; where one window has several such aggregates, it should make new states.
 * - **Fails** the stream if `result` or `merge` throws: there is no one record to put aside, and a row without its result
 *   would lose them all.
 * - **Memory** your state. `merge` is called where windows share slices and where sessions join.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if one of the four is not a function.
 */
export function aggregator<T, S, R>(spec: AggregatorSpec<T, S, R>): Aggregate<T, R> {
  const where = 'aggregator';
  const names = ['create', 'add', 'result', 'merge'] as const;
  const given = optionsObject<AggregatorSpec<T, S, R>>(where, spec, names);
  for (const name of names) callback(where, name, given[name]);
  const recipe = { aggregate: where, field: undefined, reads: 'all', numeric: false, options: { ...given } } as const;
  return { recipe, make: makeAggregator };
}
