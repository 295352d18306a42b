import type { Accumulators } from '../../core/accumulators.ts';
import { TimedLists } from './timed-lists.ts';

export function makeTimeWeightedMean(): Accumulators {
  return new TimeWeightedMeanAccumulators();
}

class TimeWeightedMeanAccumulators extends TimedLists {
  override result(cell: number, _start?: number, end?: number): number | null {
    const list = this.lists[cell];
    if (list === undefined) return null;
    const { times, values } = list;
    const last = values.length - 1;
    const from = times[0] as number;
    const lastTime = times[last] as number;
    // Where the window has no end, the last value holds for no time.
    const until = end !== undefined && end - end === 0 && end > lastTime ? end : lastTime;
    const length = until - from;
    if (length === 0) return values[last] as number;
    // From the first value on: where values lie close together and far from zero, nothing is lost.
    const first = values[0] as number;
    let mean = 0;
    values.forEach((value, i) => {
      const share = ((i === last ? until : (times[i + 1] as number)) - (times[i] as number)) / length;
      // No time at all, and infinite: not a number.
      if (share > 0) mean += (value - first) * share;
    });
    return mean - mean === 0 ? first + mean : null;
  }
}
