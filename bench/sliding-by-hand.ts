import type { Contestant } from './method.ts';
import type { Reading } from './windows-in-rxjs.ts';

/** Slices that a ring has room for: those of a window, and those that are not in one yet. */
const ringLength = 64;
const ringMask = ringLength - 1;

/** What one key has in each slice, and in the window under way. */
interface Ring {
  readonly key: string;
  add(slice: number, v: number): void;
  enter(slice: number): void;
  leave(slice: number): void;
  /** Nothing where the window is empty. */
  result(): number | undefined;
}

export interface SlidingByHand {
  readonly size: number;
  readonly slide: number;
  readonly outOfOrderness: number;
  readonly ring: (key: string) => Ring;
}

/**
 * Sliding windows as a good engineer writes them for this one job: a record goes into one slice of its key's ring; when
 * the watermark has passed a slice, it enters the window of every key, a row is made, and the oldest leaves.
 */
export function slidingByHand(readings: readonly Reading[], options: SlidingByHand): Contestant['run'] {
  const { size, slide, outOfOrderness, ring: makeRing } = options;
  const slices = size / slide;
  return (tally, records) => {
    const byKey = new Map<string, Ring>();
    const rings: Ring[] = [];
    let newest = Number.NEGATIVE_INFINITY;
    /** Of the slices that no window has: the first. Those up to `over` have entered one. */
    let next = Number.POSITIVE_INFINITY;
    let over = Number.NEGATIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    const fire = (until: number): void => {
      over = until;
      for (; next <= until; next++) {
        const windowEnd = (next + 1) * slide;
        const windowStart = windowEnd - size;
        for (let i = 0; i < rings.length; i++) {
          const ring = rings[i]!;
          ring.enter(next);
          const result = ring.result();
          if (result !== undefined) {
            const row = { key: ring.key, windowStart, windowEnd, result };
            tally.take(row, result);
          }
          ring.leave(next - slices + 1);
        }
      }
    };
    for (let i = 0; i < records; i++) {
      const { at, key, v } = readings[i]!;
      const slice = Math.floor(at / slide);
      if (slice <= over) continue;
      if (slice < next) next = slice;
      if (slice > last) last = slice;
      let ring = byKey.get(key);
      if (ring === undefined) {
        ring = makeRing(key);
        byKey.set(key, ring);
        rings.push(ring);
      }
      ring.add(slice, v);
      if (at <= newest) continue;
      newest = at;
      const passed = Math.floor((at - outOfOrderness) / slide) - 1;
      if (passed >= next) fire(passed);
    }
    fire(last + slices - 1);
  };
}

/** What leaves is subtracted. */
export class MeanRing implements Ring {
  readonly key: string;
  readonly #sums = new Float64Array(ringLength);
  readonly #counts = new Float64Array(ringLength);
  #sum = 0;
  #count = 0;

  constructor(key: string) {
    this.key = key;
  }

  add(slice: number, v: number): void {
    const at = slice & ringMask;
    this.#sums[at]! += v;
    this.#counts[at]!++;
  }

  enter(slice: number): void {
    const at = slice & ringMask;
    this.#sum += this.#sums[at]!;
    this.#count += this.#counts[at]!;
  }

  leave(slice: number): void {
    const at = slice & ringMask;
    this.#sum -= this.#sums[at]!;
    this.#count -= this.#counts[at]!;
    this.#sums[at] = 0;
    this.#counts[at] = 0;
  }

  result(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }
}

/** Of the slices in the window those stay in line that may still be the largest. */
export class MaxRing implements Ring {
  readonly key: string;
  readonly #largest = new Float64Array(ringLength).fill(Number.NEGATIVE_INFINITY);
  readonly #line = new Float64Array(ringLength);
  #first = 0;
  #end = 0;

  constructor(key: string) {
    this.key = key;
  }

  add(slice: number, v: number): void {
    const at = slice & ringMask;
    if (v > this.#largest[at]!) this.#largest[at] = v;
  }

  enter(slice: number): void {
    const largest = this.#largest[slice & ringMask]!;
    if (largest === Number.NEGATIVE_INFINITY) return;
    while (this.#end > this.#first && this.#largest[this.#line[(this.#end - 1) & ringMask]! & ringMask]! <= largest) {
      this.#end--;
    }
    this.#line[this.#end++ & ringMask] = slice;
  }

  leave(slice: number): void {
    if (this.#end > this.#first && this.#line[this.#first & ringMask] === slice) this.#first++;
    this.#largest[slice & ringMask] = Number.NEGATIVE_INFINITY;
  }

  result(): number | undefined {
    if (this.#end === this.#first) return undefined;
    return this.#largest[this.#line[this.#first & ringMask]! & ringMask];
  }
}
