/** The start of the window of `size` that holds `at`: windows are `[start, start + size)`, aligned to the epoch plus `offset`. */
export function windowStart(at: number, size: number, offset: number): number {
  return Math.floor((at - offset) / size) * size + offset;
}

/**
 * Windows that stand on a grid of time, the same for all keys, and the slices they consist of. A slice is the time between
 * two neighbouring borders of windows: every window is a number of whole slices. Of each window the end is enough to know it.
 * All answers are NaN for a time that has no window.
 */
export interface Grid {
  /** The start of the slice that holds `at`. */
  sliceStart(at: number): number;
  /** The end of the slice that starts there. */
  sliceEnd(start: number): number;
  /** The end of the window that ends first, of those that hold the slice. */
  firstEnd(start: number): number;
  /** The end of the one that ends last. */
  lastEnd(start: number): number;
  /** The start of the window that ends there. */
  startOf(end: number): number;
  /** The end of the window that ends next. */
  nextEnd(end: number): number;
}

/** All windows that hold `at`, by their end. */
export function windowsAt(at: number, grid: Grid): (readonly [start: number, end: number])[] {
  const windows: (readonly [number, number])[] = [];
  const slice = grid.sliceStart(at);
  const last = grid.lastEnd(slice);
  for (let end = grid.firstEnd(slice); end <= last; end = grid.nextEnd(end)) windows.push([grid.startOf(end), end]);
  return windows;
}

/** Windows of `size`, one every `slide`. Of those that stand side by side each is one slice. */
export class SlidingGrid implements Grid {
  readonly #size: number;
  readonly #slide: number;
  readonly #offset: number;
  /** Where within a slide windows end; 0: where others start. */
  readonly #rest: number;

  constructor(size: number, slide: number, offset: number) {
    this.#size = size;
    this.#slide = slide;
    this.#offset = offset;
    this.#rest = size % slide;
  }

  sliceStart(at: number): number {
    const start = windowStart(at, this.#slide, this.#offset);
    return this.#rest > 0 && at >= start + this.#rest ? start + this.#rest : start;
  }

  sliceEnd(start: number): number {
    const slide = windowStart(start, this.#slide, this.#offset);
    return this.#rest > 0 && start === slide ? slide + this.#rest : slide + this.#slide;
  }

  firstEnd(start: number): number {
    // Ends stand `rest` behind the starts: the first that is not before the slice's end.
    const end = this.sliceEnd(start);
    return this.#offset + this.#rest + Math.ceil((end - this.#offset - this.#rest) / this.#slide) * this.#slide;
  }

  lastEnd(start: number): number {
    return windowStart(start, this.#slide, this.#offset) + this.#size;
  }

  startOf(end: number): number {
    return end - this.#size;
  }

  nextEnd(end: number): number {
    return end + this.#slide;
  }
}

/** Windows that begin every `size` and grow by `step` until they are full. */
export class CumulativeGrid implements Grid {
  readonly #size: number;
  readonly #step: number;
  readonly #offset: number;

  /** `size` is a multiple of `step`. */
  constructor(size: number, step: number, offset: number) {
    this.#size = size;
    this.#step = step;
    this.#offset = offset;
  }

  sliceStart(at: number): number {
    return windowStart(at, this.#step, this.#offset);
  }

  sliceEnd(start: number): number {
    return start + this.#step;
  }

  firstEnd(start: number): number {
    return start + this.#step;
  }

  lastEnd(start: number): number {
    return windowStart(start, this.#size, this.#offset) + this.#size;
  }

  startOf(end: number): number {
    return windowStart(end - this.#step, this.#size, this.#offset);
  }

  nextEnd(end: number): number {
    return end + this.#step;
  }
}

/** Windows side by side that are not all of the same length. */
export abstract class NeighbourGrid implements Grid {
  abstract sliceStart(at: number): number;
  abstract sliceEnd(start: number): number;

  firstEnd(start: number): number {
    return this.sliceEnd(start);
  }

  lastEnd(start: number): number {
    return this.sliceEnd(start);
  }

  startOf(end: number): number {
    return this.sliceStart(end - 1);
  }

  nextEnd(end: number): number {
    return this.sliceEnd(end);
  }
}
