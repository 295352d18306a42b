import type { Accumulators } from '../../core/accumulators.ts';
import { grown } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';

interface NumberList {
  numbers: Float64Array<ArrayBuffer>;
  length: number;
  sorted: boolean;
}

const firstCapacity = 8;

/** Accumulators that keep all numbers of a cell: as they come, and in their order once it is asked for. */
export abstract class SortedLists implements Accumulators {
  readonly #lists: (NumberList | undefined)[] = [];

  grow(): void {}

  clear(cell: number): void {
    this.#lists[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    const list = this.#at(cell);
    if (list.length === list.numbers.length) list.numbers = grown(list.numbers, 2 * list.length);
    list.numbers[list.length++] = value as number;
    list.sorted = false;
  }

  abstract result(cell: number): unknown;

  merge(into: number, from: number): void {
    const others = this.sorted(from);
    if (others.length === 0) return;
    const own = this.sorted(into);
    const merged = new Float64Array(own.length + others.length);
    let [i, j] = [0, 0];
    for (let at = 0; at < merged.length; at++) {
      const ours = j === others.length || (i < own.length && (own[i] as number) <= (others[j] as number));
      merged[at] = (ours ? own[i++] : others[j++]) as number;
    }
    this.#lists[into] = { numbers: merged, length: merged.length, sorted: true };
  }

  subtract(into: number, from: number): void {
    const others = this.sorted(from);
    if (others.length === 0) return;
    const own = this.sorted(into);
    const list = this.#at(into);
    let [left, j] = [0, 0];
    for (const number of own) {
      if (number === others[j]) j++;
      else list.numbers[left++] = number;
    }
    list.length = left;
    if (left === 0) this.clear(into);
  }

  snapshot(cells: readonly number[]): Piece {
    const lists = cells.map((cell) => this.#lists[cell]);
    const lengths = Float64Array.from(lists, (list) => list?.length ?? 0);
    const numbers = new Float64Array(lengths.reduce((total, length) => total + length, 0));
    let at = 0;
    for (const list of lists) {
      if (list === undefined) continue;
      numbers.set(list.numbers.subarray(0, list.length), at);
      at += list.length;
    }
    return { lengths, numbers };
  }

  restore(cells: readonly number[], { lengths, numbers }: Piece): void {
    let at = 0;
    cells.forEach((cell, index) => {
      const length = (lengths as Float64Array)[index] as number;
      const own = (numbers as Float64Array<ArrayBuffer>).slice(at, at + length);
      this.#lists[cell] = length === 0 ? undefined : { numbers: own, length, sorted: false };
      at += length;
    });
  }

  /** The numbers of a cell in their order; good until the next call. */
  protected sorted(cell: number): Float64Array {
    const list = this.#lists[cell];
    if (list === undefined) return nothing;
    const numbers = list.numbers.subarray(0, list.length);
    if (!list.sorted) numbers.sort();
    list.sorted = true;
    return numbers;
  }

  #at(cell: number): NumberList {
    return (this.#lists[cell] ??= { numbers: new Float64Array(firstCapacity), length: 0, sorted: true });
  }
}

const nothing = new Float64Array(0);
