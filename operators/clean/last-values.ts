import { grown } from '../../core/columns.ts';

/** The last value of one field by key, and how many records in a row have had none since. */
export class LastValues {
  readonly #limit: number;
  readonly #values: unknown[] = [];
  #gaps = new Float64Array(0);

  /** +Infinity: a gap is filled however long it is. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  keep(id: number, value: unknown): void {
    if (id >= this.#gaps.length) this.#gaps = grown(this.#gaps, Math.max(16, 2 * this.#gaps.length, id + 1));
    this.#values[id] = value;
    this.#gaps[id] = 0;
  }

  /** What a missing value becomes: nothing, where none came before or too many were missing since. */
  fill(id: number): unknown {
    const value = this.#values[id];
    if (value === undefined || this.#limit === Number.POSITIVE_INFINITY) return value;
    const gap = (this.#gaps[id] as number) + 1;
    if (gap > this.#limit) return undefined;
    this.#gaps[id] = gap;
    return value;
  }

  /** Drops what is kept of a key, and answers the value. */
  forget(id: number): unknown {
    const value = this.#values[id];
    this.#values[id] = undefined;
    return value;
  }

  /** The state of these keys, in their order. */
  snapshot(ids: readonly number[]): LastValuesState {
    return { values: ids.map((id) => this.#values[id]), gaps: Float64Array.from(ids, (id) => this.#gaps[id] ?? 0) };
  }

  restore(ids: readonly number[], { values, gaps }: LastValuesState): void {
    ids.forEach((id, index) => {
      if (values[index] === undefined) return;
      this.keep(id, values[index]);
      this.#gaps[id] = gaps[index] as number;
    });
  }
}

export interface LastValuesState {
  /** `undefined` where the field of that key has had no value yet. */
  readonly values: readonly unknown[];
  readonly gaps: Float64Array;
}
