import type { Duration } from '../../core/duration.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import type { Operator } from '../operator.ts';
import type { Standalone } from '../standalone.ts';
import { alignedOptions, alignedWindow } from './aligned-window.ts';
import { windowLength, windowOffset } from './window-length.ts';
import type { OrNothing, WindowOptions, WindowRow } from './window-options.ts';

/**
 * Cuts time into windows of one size that stand side by side, and aggregates what falls into each.
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
 * - **allowedLateness**, **early** and **panes** let a window fire more than once, **empty** lets it fire without records, and
 *   **clock** gives it another time: see `WindowOptions`.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `size` is not a positive duration, `aggregate` names nothing, or
 *   another option is not what it must be.
 */
export function tumblingWindow<
  T,
  const K extends KeyOf<T> = readonly [],
  A extends Aggregates<T> = {},
  E extends boolean = false,
>(
  options: { readonly size: Duration; readonly aggregate: A; readonly empty?: E } & WindowOptions & Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, OrNothing<Results<T, A>, E>>> {
  const where = 'tumblingWindow';
  const given = alignedOptions<{ size: Duration; offset?: Duration }>(where, options, ['size', 'offset']);
  const sizeMs = windowLength(where, 'size', given.size);
  const offsetMs = windowOffset(where, given.offset, ['size', sizeMs]);
  return alignedWindow(where, given, { kind: 'sliding', sizeMs, slideMs: sizeMs, offsetMs }, `${given.size}`);
}
