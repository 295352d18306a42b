import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';

/** Values in the order of their event times; of equal times in the order in which they came. */
export interface TimedList {
  readonly times: number[];
  readonly values: number[];
  /** The place of each among all that came to any cell. */
  readonly arrivals: number[];
}

/** Accumulators whose result depends on which value follows which: each cell keeps them all. Values without a time are left out. */
export abstract class TimedLists implements Accumulators {
  protected readonly lists: (TimedList | undefined)[] = [];
  #arrived = 0;

  grow(): void {}

  clear(cell: number): void {
    this.lists[cell] = undefined;
  }

  add(cell: number, value: unknown, timestamp: number): void {
    if (timestamp === timestamp) insert(this.#at(cell), timestamp, value as number, this.#arrived++);
  }

  abstract result(cell: number, start?: number, end?: number): unknown;

  merge(into: number, from: number): void {
    const others = this.lists[from];
    if (others === undefined) return;
    const own = this.#at(into);
    // Slices are merged in the order of time: nearly always all of them go behind.
    others.times.forEach((time, i) => insert(own, time, others.values[i] as number, others.arrivals[i] as number));
  }

  snapshot(cells: readonly number[]): Piece {
    const column = (name: keyof TimedList): Float64Array[] =>
      cells.map((cell) => Float64Array.from(this.lists[cell]?.[name] ?? []));
    return {
      times: column('times'),
      values: column('values'),
      arrivals: column('arrivals'),
      arrived: this.#arrived,
    };
  }

  restore(cells: readonly number[], { times, values, arrivals, arrived }: Piece): void {
    const column = (given: unknown, index: number): number[] => Array.from((given as Float64Array[])[index] ?? []);
    cells.forEach((cell, index) => {
      const own = column(times, index);
      this.lists[cell] =
        own.length === 0 ? undefined : { times: own, values: column(values, index), arrivals: column(arrivals, index) };
    });
    this.#arrived = Math.max(this.#arrived, arrived as number);
  }

  #at(cell: number): TimedList {
    return (this.lists[cell] ??= { times: [], values: [], arrivals: [] });
  }
}

function insert({ times, values, arrivals }: TimedList, time: number, value: number, arrival: number): void {
  let place = times.length;
  if (place === 0 || follows(time - (times[place - 1] as number), arrival - (arrivals[place - 1] as number))) {
    times.push(time);
    values.push(value);
    arrivals.push(arrival);
    return;
  }
  let low = 0;
  while (low < place) {
    const middle = (low + place) >> 1;
    if (follows(time - (times[middle] as number), arrival - (arrivals[middle] as number))) low = middle + 1;
    else place = middle;
  }
  times.splice(low, 0, time);
  values.splice(low, 0, value);
  arrivals.splice(low, 0, arrival);
}

function follows(later: number, after: number): boolean {
  return later > 0 || (later === 0 && after > 0);
}
