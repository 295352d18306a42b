import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';

interface Collected {
  readonly values: unknown[];
  /** The place of each among all that came to any cell; they grow. */
  readonly arrivals: number[];
}

export function makeCollect(): Accumulators {
  return new CollectAccumulators();
}

/** All values of a cell in the order in which they came, in whatever order cells are merged. */
class CollectAccumulators implements Accumulators {
  readonly #lists: (Collected | undefined)[] = [];
  #arrived = 0;

  grow(): void {}

  clear(cell: number): void {
    this.#lists[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    const list = (this.#lists[cell] ??= { values: [], arrivals: [] });
    list.values.push(value);
    list.arrivals.push(this.#arrived++);
  }

  result(cell: number): readonly unknown[] | null {
    return this.#lists[cell]?.values.slice() ?? null;
  }

  merge(into: number, from: number): void {
    const others = this.#lists[from];
    if (others === undefined) return;
    const own = this.#lists[into];
    this.#lists[into] = own === undefined ? copyOf(others) : merged(own, others);
  }

  subtract(into: number, from: number): void {
    const own = this.#lists[into];
    const others = this.#lists[from];
    if (own === undefined || others === undefined) return;
    const left = without(own, others);
    this.#lists[into] = left.values.length === 0 ? undefined : left;
  }

  snapshot(cells: readonly number[]): Piece {
    return {
      values: cells.map((cell) => this.#lists[cell]?.values.slice() ?? []),
      arrivals: cells.map((cell) => Float64Array.from(this.#lists[cell]?.arrivals ?? [])),
      arrived: this.#arrived,
    };
  }

  restore(cells: readonly number[], { values, arrivals, arrived }: Piece): void {
    cells.forEach((cell, index) => {
      const own = ((values as unknown[][])[index] as unknown[]).slice();
      const places = Array.from((arrivals as Float64Array[])[index] as Float64Array);
      if (own.length > 0) this.#lists[cell] = { values: own, arrivals: places };
    });
    this.#arrived = Math.max(this.#arrived, arrived as number);
  }
}

function copyOf({ values, arrivals }: Collected): Collected {
  return { values: values.slice(), arrivals: arrivals.slice() };
}

function merged(one: Collected, other: Collected): Collected {
  const list: Collected = { values: [], arrivals: [] };
  let [i, j] = [0, 0];
  while (i < one.values.length || j < other.values.length) {
    // What is past the end has no place, and no comparison with it is true.
    const first = j === other.values.length || (one.arrivals[i] as number) < (other.arrivals[j] as number);
    list.values.push(first ? one.values[i] : other.values[j]);
    list.arrivals.push((first ? one.arrivals[i++] : other.arrivals[j++]) as number);
  }
  return list;
}

function without(one: Collected, other: Collected): Collected {
  const list: Collected = { values: [], arrivals: [] };
  let j = 0;
  one.arrivals.forEach((arrival, i) => {
    if (arrival === other.arrivals[j]) j++;
    else {
      list.values.push(one.values[i]);
      list.arrivals.push(arrival);
    }
  });
  return list;
}
