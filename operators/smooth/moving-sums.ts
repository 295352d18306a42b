import { grown, picked, placed } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';

/** A ring begins with room for so many numbers, and doubles when it is full. */
const firstRoom = 8;

/**
 * By key: the last `over` numbers and their sum. NaN takes a place and is not summed. The sum runs along, compensated
 * (Neumaier 1974), and is taken anew each time the ring has gone round.
 */
export class MovingSums {
  readonly #over: number;
  /** By key; undefined where the key has nothing. */
  readonly #rings: (Float64Array | undefined)[] = [];
  /** Where the next number goes; the oldest stands there once the ring is full. */
  #places = new Float64Array(0);
  /** How many of the ring's places are taken. */
  #lengths = new Float64Array(0);
  /** How many of these hold a value. */
  #counts = new Float64Array(0);
  #sums = new Float64Array(0);
  #lost = new Float64Array(0);

  constructor(over: number) {
    this.#over = over;
  }

  has(id: number): boolean {
    return this.#rings[id] !== undefined;
  }

  begin(id: number): void {
    if (id >= this.#counts.length) {
      const capacity = Math.max(16, 2 * this.#counts.length, id + 1);
      this.#places = grown(this.#places, capacity);
      this.#lengths = grown(this.#lengths, capacity);
      this.#counts = grown(this.#counts, capacity);
      this.#sums = grown(this.#sums, capacity);
      this.#lost = grown(this.#lost, capacity);
    }
    this.#rings[id] = new Float64Array(Math.min(firstRoom, this.#over));
  }

  /** Forgets a key. */
  end(id: number): void {
    this.#rings[id] = undefined;
    for (const column of [this.#places, this.#lengths, this.#counts, this.#sums, this.#lost]) column[id] = 0;
  }

  push(id: number, value: number): void {
    const place = this.#places[id] as number;
    const ring = this.#roomFor(id, place);
    if (this.#lengths[id] === this.#over) this.#drop(id, ring[place] as number);
    else this.#lengths[id] = place + 1;
    ring[place] = value;
    if (value === value) {
      this.#counts[id] = (this.#counts[id] as number) + 1;
      this.#plus(id, value);
    }
    const next = place + 1;
    this.#places[id] = next === this.#over ? 0 : next;
    // Also after an overflow, which no subtraction undoes.
    if (next === this.#over || !Number.isFinite(this.#sums[id])) this.#sumAnew(id);
  }

  /** How many of the last `over` numbers are values. */
  count(id: number): number {
    return this.#counts[id] as number;
  }

  sum(id: number): number {
    const sum = this.#sums[id] as number;
    return Number.isFinite(sum) ? sum + (this.#lost[id] as number) : sum;
  }

  /** Of these keys one table; the rings stand in it one behind the other, each as long as it is filled. */
  snapshot(ids: readonly number[]): Piece {
    const lengths = picked(this.#lengths, ids);
    const numbers = new Float64Array(lengths.reduce((total, length) => total + length, 0));
    let from = 0;
    ids.forEach((id, index) => {
      numbers.set((this.#rings[id] as Float64Array).subarray(0, lengths[index]), from);
      from += lengths[index] as number;
    });
    return {
      places: picked(this.#places, ids),
      lengths,
      counts: picked(this.#counts, ids),
      sums: picked(this.#sums, ids),
      lost: picked(this.#lost, ids),
      numbers,
    };
  }

  /** Takes up what `snapshot` gave of the same keys. */
  restore(ids: readonly number[], { places, lengths, counts, sums, lost, numbers }: Piece): void {
    for (const id of ids) this.begin(id);
    placed(this.#places, ids, places);
    placed(this.#lengths, ids, lengths);
    placed(this.#counts, ids, counts);
    placed(this.#sums, ids, sums);
    placed(this.#lost, ids, lost);
    let from = 0;
    for (const id of ids) {
      const length = this.#lengths[id] as number;
      if (length > 0) this.#roomFor(id, length - 1).set((numbers as Float64Array).subarray(from, from + length));
      from += length;
    }
  }

  #roomFor(id: number, place: number): Float64Array {
    const ring = this.#rings[id] as Float64Array;
    if (place < ring.length) return ring;
    const larger = grown(ring, Math.min(this.#over, Math.max(2 * ring.length, place + 1)));
    this.#rings[id] = larger;
    return larger;
  }

  #drop(id: number, value: number): void {
    if (value !== value) return;
    this.#counts[id] = (this.#counts[id] as number) - 1;
    this.#plus(id, -value);
  }

  #sumAnew(id: number): void {
    this.#sums[id] = 0;
    this.#lost[id] = 0;
    const ring = this.#rings[id] as Float64Array;
    const length = this.#lengths[id] as number;
    for (let place = 0; place < length; place++) {
      const value = ring[place] as number;
      if (value === value) this.#plus(id, value);
    }
  }

  #plus(id: number, value: number): void {
    const before = this.#sums[id] as number;
    const sum = before + value;
    const lost = Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
    this.#sums[id] = sum;
    this.#lost[id] = (this.#lost[id] as number) + lost;
  }
}
