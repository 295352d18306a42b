import { grown, moreInts } from './columns.ts';

/** Small whole numbers, such as the ids of keys or the slots of partitions, by a value each: the smallest is at hand. */
export class IdHeap {
  /** Ids as a binary heap. */
  #ids = new Int32Array(0);
  #size = 0;
  /** By id: its place in the heap from 1, or 0 where it is not in it. */
  #places = new Int32Array(0);
  #values = new Float64Array(0);
  /** Of equal values the one with the smaller tie comes first. */
  #ties = new Float64Array(0);

  get size(): number {
    return this.#size;
  }

  /** The id with the smallest value; -1 where there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : (this.#ids[0] as number);
  }

  /** The smallest value; +Infinity where there is none. */
  get least(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#values[this.#ids[0] as number] as number);
  }

  has(id: number): boolean {
    return (this.#places[id] as number) > 0;
  }

  /** Puts an id in, or gives one that is in it another value. */
  set(id: number, value: number, tie: number = 0): void {
    if (id >= this.#places.length) this.#grow(id);
    const place = this.#places[id] as number;
    const before = this.#values[id] as number;
    this.#values[id] = value;
    this.#ties[id] = tie;
    if (place === 0) {
      this.#rise(id, this.#size++);
    } else if (value > before) this.#sink(id, place - 1);
    else this.#rise(id, place - 1);
  }

  remove(id: number): void {
    const place = this.#places[id] as number;
    if (!(place > 0)) return;
    this.#places[id] = 0;
    const last = this.#ids[--this.#size] as number;
    if (last === id) return;
    this.#sink(last, place - 1);
    this.#rise(last, (this.#places[last] as number) - 1);
  }

  /** The value of an id that is in it. */
  valueOf(id: number): number {
    return this.#values[id] as number;
  }

  /** All ids. Put into an empty heap in this order they make the same one. */
  ids(): number[] {
    return [...this.#ids.subarray(0, this.#size)];
  }

  /** All ids, the one with the smallest value first. */
  sorted(): number[] {
    return this.ids().toSorted((id, other) => (this.#isBefore(id, other) ? -1 : 1));
  }

  #isBefore(id: number, other: number): boolean {
    const mine = this.#values[id] as number;
    const others = this.#values[other] as number;
    return mine < others || (mine === others && (this.#ties[id] as number) < (this.#ties[other] as number));
  }

  /** Towards the front, from this index. */
  #rise(id: number, from: number): void {
    let index = from;
    while (index > 0) {
      const parent = this.#ids[(index - 1) >> 1] as number;
      if (!this.#isBefore(id, parent)) break;
      this.#put(parent, index);
      index = (index - 1) >> 1;
    }
    this.#put(id, index);
  }

  /** Away from the front, from this index. */
  #sink(id: number, from: number): void {
    const count = this.#size;
    let index = from;
    for (let child = 2 * index + 1; child < count; child = 2 * index + 1) {
      const right = child + 1;
      if (right < count && this.#isBefore(this.#ids[right] as number, this.#ids[child] as number)) child = right;
      const other = this.#ids[child] as number;
      if (!this.#isBefore(other, id)) break;
      this.#put(other, index);
      index = child;
    }
    this.#put(id, index);
  }

  #put(id: number, index: number): void {
    this.#ids[index] = id;
    this.#places[id] = index + 1;
  }

  #grow(id: number): void {
    const capacity = Math.max(16, 2 * this.#places.length, id + 1);
    this.#ids = moreInts(this.#ids, capacity);
    this.#places = moreInts(this.#places, capacity);
    this.#values = grown(this.#values, capacity);
    this.#ties = grown(this.#ties, capacity);
  }
}
