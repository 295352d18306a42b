import type { Piece } from '../../core/snapshot.ts';
import { identityOf } from './identity.ts';

interface Counter {
  value: unknown;
  identity: unknown;
  /** Never less than the value came, and at most the smallest count more than that. */
  count: number;
  /** When the value got its counter, among all that came to any cell. */
  seen: number;
  /** Its place in the heap. */
  place: number;
}

/**
 * Space-Saving (Metwally, Agrawal, El Abbadi 2005): at most `capacity` counters; a value that has none takes over the smallest.
 * Merged as Cafaro, Pulimeno, Tempesta 2016 (arXiv 1401.0702): a value that one side does not have may have had its smallest count.
 * The counts never sum up to more than there were values, so the smallest is at most their number through the capacity.
 */
export class SpaceSaving {
  readonly #capacity: number;
  readonly #byIdentity = new Map<unknown, Counter>();
  /** The smallest count at the root; of equal ones the one that was seen last, so that it goes first. */
  #heap: Counter[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get counters(): readonly Counter[] {
    return this.#heap;
  }

  add(value: unknown, seen: number): void {
    const identity = identityOf(value);
    const known = this.#byIdentity.get(identity);
    if (known !== undefined) {
      known.count++;
      this.#sink(known);
    } else if (this.#heap.length < this.#capacity) this.#insert({ value, identity, count: 1, seen, place: 0 });
    else {
      const smallest = this.#heap[0] as Counter;
      this.#byIdentity.delete(smallest.identity);
      this.#byIdentity.set(identity, smallest);
      smallest.value = value;
      smallest.identity = identity;
      smallest.seen = seen;
      smallest.count++;
      this.#sink(smallest);
    }
  }

  merge(other: SpaceSaving): void {
    const [ours, theirs] = [this.#smallest(), other.#smallest()];
    const all = this.#heap.map((counter) => {
      const same = other.#byIdentity.get(counter.identity);
      counter.count += same?.count ?? theirs;
      counter.seen = Math.min(counter.seen, same?.seen ?? counter.seen);
      return counter;
    });
    for (const counter of other.#heap) {
      if (!this.#byIdentity.has(counter.identity)) all.push({ ...counter, count: counter.count + ours });
    }
    all.sort((a, b) => b.count - a.count || a.seen - b.seen);
    this.#heap = [];
    this.#byIdentity.clear();
    for (const counter of all.slice(0, this.#capacity)) this.#insert(counter);
  }

  snapshot(): Piece {
    return {
      values: this.#heap.map(({ value }) => value),
      counts: Float64Array.from(this.#heap, ({ count }) => count),
      seen: Float64Array.from(this.#heap, ({ seen }) => seen),
    };
  }

  restore({ values, counts, seen }: Piece): this {
    (values as unknown[]).forEach((value, index) => {
      const [count, place] = [(counts as Float64Array)[index] as number, (seen as Float64Array)[index] as number];
      this.#insert({ value, identity: identityOf(value), count, seen: place, place: 0 });
    });
    return this;
  }

  /** What a value that has no counter may have come to. */
  #smallest(): number {
    return this.#heap.length < this.#capacity ? 0 : (this.#heap[0] as Counter).count;
  }

  #insert(counter: Counter): void {
    this.#byIdentity.set(counter.identity, counter);
    let place = this.#heap.length;
    while (place > 0) {
      const above = this.#heap[(place - 1) >> 1] as Counter;
      if (!isBefore(counter, above)) break;
      this.#put(above, place);
      place = (place - 1) >> 1;
    }
    this.#put(counter, place);
  }

  #sink(counter: Counter): void {
    const heap = this.#heap;
    let { place } = counter;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right] as Counter, heap[left] as Counter) ? right : left;
      if (!isBefore(heap[child] as Counter, counter)) break;
      this.#put(heap[child] as Counter, place);
      place = child;
    }
    this.#put(counter, place);
  }

  #put(counter: Counter, place: number): void {
    this.#heap[place] = counter;
    counter.place = place;
  }
}

function isBefore(a: Counter, b: Counter): boolean {
  return a.count < b.count || (a.count === b.count && a.seen > b.seen);
}
