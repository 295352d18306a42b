import { durationText, type Duration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { KeyOf, KeyRow } from '../../core/row-types.ts';
import type { Aggregates, Results } from '../aggregate/aggregate.ts';
import type { Operator } from '../operator.ts';
import type { Standalone } from '../standalone.ts';
import { alignedOptions, alignedWindow } from './aligned-window.ts';
import { windowLength, windowOffset, windowPart } from './window-length.ts';
import type { OrNothing, WindowOptions, WindowRow } from './window-options.ts';

/**
 * Windows that begin every `size` and grow by `step` until they are full: the day so far, every hour.
 *
 * ```text
 * size '6s', step '2s'   |0s   |2s   |4s   |6s   |8s
 * source                 -a--b--c-----------d--------|    watermark of d: 6 s
 * cumulativeWindow       -------x-----------(yz)-----v..| x = a b   y, z = a b c   v and two more = d, at the end
 * ```
 *
 * - **Emits** for each key one row a step from its first record of the `size` on, when the watermark reaches `windowEnd - 1`:
 *   `windowStart` is the same for all windows of one `size`. Rows that are due together come by `windowEnd`, then in the order
 *   in which their keys were first seen. A row's own time is `windowEnd - 1`.
 * - **Completes** with the source, after all open windows. **Fails** with the source's error; open windows are dropped.
 * - **Rejects** (`late`) a record whose last window, the full one, has fired; (`invalid`) one without a timestamp, or whose
 *   field holds no number where an aggregate needs one.
 * - **State** the aggregates of each key and step, and those of the window under way once more.
 * - **allowedLateness**, **early** and **panes** let a window fire more than once, **empty** lets it fire without records, and
 *   **clock** gives it another time: see `WindowOptions`.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `size` is not a positive duration, `step` does not divide it,
 *   `aggregate` names nothing, or another option is not what it must be.
 */
export function cumulativeWindow<
  T,
  const K extends KeyOf<T> = readonly [],
  A extends Aggregates<T> = {},
  E extends boolean = false,
>(
  options: {
    readonly size: Duration;
    readonly step: Duration;
    readonly aggregate: A;
    readonly empty?: E;
  } & WindowOptions &
    Standalone<T, K>,
): Operator<T, WindowRow<KeyRow<T, K>, OrNothing<Results<T, A>, E>>> {
  const where = 'cumulativeWindow';
  const own = ['size', 'step', 'offset'];
  const given = alignedOptions<{ size: Duration; step: Duration; offset?: Duration }>(where, options, own);
  const sizeMs = windowLength(where, 'size', given.size);
  const stepMs = windowPart(where, 'step', given.step, ['size', sizeMs], 'a window grows by it until it is full');
  if (sizeMs % stepMs !== 0) {
    const hint = 'the last window would be longer than `size`';
    throw new ArgumentError(
      where,
      'step',
      `a part of \`size\` (${durationText(sizeMs)}) without rest`,
      given.step,
      hint,
    );
  }
  const offsetMs = windowOffset(where, given.offset, ['size', sizeMs]);
  return alignedWindow(
    where,
    given,
    { kind: 'cumulative', sizeMs, stepMs, offsetMs },
    `${given.size} by ${given.step}`,
  );
}
