import type { Grid } from './assign.ts';
import { MinHeap } from './min-heap.ts';
import { OrderedCells } from './ordered-cells.ts';
import type { SliceCells } from './slice-cells.ts';

/** So many lists are kept, none of them with room for more cells than this. */
const mostSpare = 16;
const largestSpare = 65_536;

/** A slice that some key has a cell in. */
export class OpenSlice {
  readonly start: number;
  readonly end: number;
  /** The ends of the first and the last window that hold it. */
  readonly firstEnd: number;
  readonly lastEnd: number;
  /** When it was made: the end of the first window holding it that had still to fire. */
  readonly firstDue: number;
  readonly cells: OrderedCells;
  /** What the cells know it by. */
  readonly slot: number;

  /** `list`: an empty one. */
  constructor(start: number, grid: Grid, firstDue: number, cells: SliceCells, list: OrderedCells) {
    this.start = start;
    this.end = grid.sliceEnd(start);
    this.firstEnd = grid.firstEnd(start);
    this.lastEnd = grid.lastEnd(start);
    this.firstDue = firstDue;
    this.cells = list;
    this.slot = cells.openSlot(start, this.end);
  }
}

/**
 * The open slices, and which window fires next. A slice waits until a window takes it in, stands within the windows that
 * fire one after the other, and is kept behind them as long as late records may come. At each moment of this order the
 * earliest is known; nothing is held for windows themselves.
 */
export class OpenSlices {
  readonly grid: Grid;
  readonly cells: SliceCells;
  /** Those that no window has taken in. */
  readonly waiting: MinHeap<OpenSlice> = new MinHeap();
  /** Those that the window which fired last had, and the next one has, too. */
  readonly within: MinHeap<OpenSlice> = new MinHeap();
  /** Those that no window will have, kept for late records. */
  readonly kept: MinHeap<OpenSlice> = new MinHeap();
  /** The end of the window that fired last. */
  to: number = Number.NEGATIVE_INFINITY;
  readonly #latenessMs: number;
  readonly #byStart = new Map<number, OpenSlice>();
  /** Lists of slices that are gone, for the next ones: to make one anew costs as much as all else that a cell in it does. */
  readonly #spare: OrderedCells[] = [];
  readonly #carried: boolean;

  /** `carried`: what a window takes in is carried along to the next ones. */
  constructor(grid: Grid, cells: SliceCells, latenessMs: number, carried: boolean) {
    this.grid = grid;
    this.#carried = carried;
    this.cells = cells;
    this.#latenessMs = latenessMs;
  }

  at(start: number): OpenSlice | undefined {
    return this.#byStart.get(start);
  }

  /** `now`: the watermark up to which all windows have fired. */
  open(start: number, now: number): OpenSlice {
    const first = this.grid.firstEnd(start);
    const firstDue = first - 1 > now ? first : Math.max(first, this.#firstEndAfter(now));
    return this.restore(start, firstDue, now);
  }

  /** Behind the last window that holds it. */
  keep(slice: OpenSlice): void {
    this.kept.push(slice.start, slice);
  }

  /** The end of the window that fires next, whenever that is; NaN where no slice is open. */
  get nextEnd(): number {
    const slice = this.within.first ?? this.waiting.first;
    if (slice === undefined) return Number.NaN;
    return this.to === Number.NEGATIVE_INFINITY ? slice.firstDue : Math.max(slice.firstDue, this.grid.nextEnd(this.to));
  }

  /** The watermark at which a slice is dropped next; NaN where none is kept. */
  get nextDrop(): number {
    const slice = this.kept.first;
    return slice === undefined ? Number.NaN : slice.lastEnd - 1 + this.#latenessMs;
  }

  /** Forgets a slice whose cells are gone. */
  drop(slice: OpenSlice): void {
    this.#byStart.delete(slice.start);
    this.cells.closeSlot(slice.slot);
    const list = slice.cells;
    if (this.#spare.length === mostSpare || list.room > largestSpare) return;
    list.clear();
    this.#spare.push(list);
  }

  /** Takes up a slice as it was. */
  restore(start: number, firstDue: number, now: number): OpenSlice {
    const list = this.#spare.pop() ?? new OrderedCells(this.cells);
    return this.#put(new OpenSlice(start, this.grid, firstDue, this.cells, list), now);
  }

  /** All of them by start. */
  all(): OpenSlice[] {
    return [...this.#byStart.values()].toSorted((a, b) => a.start - b.start);
  }

  #put(slice: OpenSlice, now: number): OpenSlice {
    this.#byStart.set(slice.start, slice);
    if (!(slice.lastEnd - 1 > now)) this.keep(slice);
    else if (this.#carried && slice.end <= this.to) this.within.push(slice.start, slice);
    else this.waiting.push(slice.start, slice);
    return slice;
  }

  #firstEndAfter(now: number): number {
    return this.grid.firstEnd(this.grid.sliceStart(now + 1));
  }
}
