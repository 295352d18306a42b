import type { Duration } from '../../core/duration.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import type { Operator } from '../operator.ts';
import type { Standalone } from '../standalone.ts';
import { alignedOptions, alignedWindow } from './aligned-window.ts';
import { windowLength, windowOffset, windowPart } from './window-length.ts';
import type { OrNothing, WindowOptions, WindowRow } from './window-options.ts';

/**
 * Aggregates the last `size` every `slide`: windows that overlap.
 *
 * ```text
 * size '6s', slide '3s'   |0s      |3s      |6s      |9s
 * source                  -a---b----c--------d--------e|     watermark of e: 9 s
 * slidingWindow           ----------x--------y--------z(vw|) x = a b   y = a b c   z = c d   v = d e   w = e
 * ```
 *
 * - **Emits** one row for each key and window that a record fell into, when the watermark reaches `windowEnd - 1`; a key's first
 *   windows begin before its first record. Rows that are due together come by `windowEnd`, then in the order in which their
 *   keys were first seen. A row's own time is `windowEnd - 1`.
 * - **Completes** with the source, after all open windows. **Fails** with the source's error; open windows are dropped.
 * - **Rejects** (`late`) a record if all windows that hold it have fired; (`invalid`) one without a timestamp, or whose field
 *   holds no number where an aggregate needs one.
 * - **State** the aggregates of each key and slice (the time between two borders of windows), and those of the window under
 *   way once more. A record goes into one slice, whatever the overlap.
 * - **Cost** of a window: where the aggregates can be inverted (count, sum, mean, ...) what enters is added and what leaves
 *   subtracted; the others keep two stacks of partial results. Neither grows with `size / slide`.
 * - **allowedLateness**, **early** and **panes** let a window fire more than once, **empty** lets it fire without records, and
 *   **clock** gives it another time: see `WindowOptions`.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `size` or `slide` is not a positive duration, `slide` is larger than
 *   `size` (records between the windows would be lost), `aggregate` names nothing, or another option is not what it must be.
 */
export function slidingWindow<
  T,
  const K extends KeyOf<T> = readonly [],
  A extends Aggregates<T> = {},
  E extends boolean = false,
>(
  options: {
    readonly size: Duration;
    readonly slide: Duration;
    readonly aggregate: A;
    readonly empty?: E;
  } & WindowOptions &
    Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, OrNothing<Results<T, A>, E>>> {
  const where = 'slidingWindow';
  const own = ['size', 'slide', 'offset'];
  const given = alignedOptions<{ size: Duration; slide: Duration; offset?: Duration }>(where, options, own);
  const sizeMs = windowLength(where, 'size', given.size);
  const hint = 'a longer slide would lose the records between two windows';
  const slideMs = windowPart(where, 'slide', given.slide, ['size', sizeMs], hint);
  const offsetMs = windowOffset(where, given.offset, ['slide', slideMs]);
  return alignedWindow(
    where,
    given,
    { kind: 'sliding', sizeMs, slideMs, offsetMs },
    `${given.size} every ${given.slide}`,
  );
}
