import type { Accumulators } from '../../core/accumulators.ts';
import { CompensatedSums } from './compensated.ts';
import { TimedLists } from './timed-lists.ts';

export interface RateRecipe {
  /** What is divided by the length of the window: the records, the sum of the field, or by how much it grew, as a counter that starts over from 0. */
  readonly of: 'records' | 'amounts' | 'counter';
  readonly perMs: number;
}

export function makeRate({ of, perMs }: RateRecipe): Accumulators {
  return of === 'counter' ? new CounterRateAccumulators(perMs) : new RateAccumulators(of, perMs);
}

/** Of what has come, by the length of the window. */
class RateAccumulators extends CompensatedSums {
  readonly #records: boolean;
  readonly #perMs: number;

  constructor(of: RateRecipe['of'], perMs: number) {
    super();
    this.#records = of === 'records';
    this.#perMs = perMs;
  }

  override add(cell: number, value: unknown): void {
    super.add(cell, this.#records ? 1 : value);
  }

  override result(cell: number, start?: number, end?: number): number | null {
    const length = (end as number) - (start as number);
    // NaN where the window has no borders.
    return length > 0 && length < Number.POSITIVE_INFINITY ? (this.sum(cell) / length) * this.#perMs : null;
  }
}

/** Of a counter, by the time between its first and its last value. */
class CounterRateAccumulators extends TimedLists {
  readonly #perMs: number;

  constructor(perMs: number) {
    super();
    this.#perMs = perMs;
  }

  override result(cell: number): number | null {
    const list = this.lists[cell];
    if (list === undefined) return null;
    const { times, values } = list;
    const length = (times.at(-1) as number) - (times[0] as number);
    let growth = 0;
    for (let i = 1; i < values.length; i++) {
      const [before, value] = [values[i - 1] as number, values[i] as number];
      growth += value < before ? value : value - before;
    }
    const rate = (growth / length) * this.#perMs;
    return length > 0 && rate - rate === 0 ? rate : null;
  }
}
