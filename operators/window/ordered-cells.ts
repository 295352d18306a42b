import { moreInts } from '../../core/columns.ts';

/** Where a cell's key stands among all keys. */
export interface CellRanks {
  rank(cell: number): number;
  /** While a list is sorted: its ranks side by side, as the cells stand. Lists are sorted one after the other. */
  ranks: Float64Array;
  /** The list whose ranks these are. */
  sorting: object | undefined;
  /** Frees a cell that has been buried; false for one that has not. */
  freeBuried(cell: number): boolean;
}

/** No list has room at first: many have few cells, or none. */
const none = new Int32Array(0);
/** Segments as short as this are sorted in one go. */
const shortSegment = 24;
/** Room for more ranks than this is not kept. */
const ranksKept = 65_536;

/**
 * A list of cells that is read in the order of their keys. Mostly they come in this order; if not, they are sorted only as
 * far as somebody reads (incremental quicksort: Paredes, Navarro 2006), so that a million of them cause no long pause.
 */
export class OrderedCells {
  #cells: Int32Array = none;
  #count = 0;
  /** How many of them are buried. */
  #buried = 0;
  readonly #source: CellRanks;
  #inOrder = true;
  #last: number = Number.NEGATIVE_INFINITY;
  /** Cells before this one stand where they belong. */
  #sorted = 0;
  /** Places of pivots: what is before one ranks below it. The nearest last. */
  readonly #pivots: number[] = [];
  /** While cells are dropped: how far that is, and how many stay. */
  #looked = 0;
  #kept = 0;

  constructor(ranks: CellRanks) {
    this.#source = ranks;
  }

  /** The first `length` of these. */
  get cells(): Int32Array {
    if (this.#buried > 0) this.#sweep();
    return this.#cells;
  }

  get length(): number {
    if (this.#buried > 0) this.#sweep();
    return this.#count;
  }

  /** How many there may be without more memory. */
  get room(): number {
    return this.#cells.length;
  }

  /** For other cells, in the room of these. */
  clear(): void {
    this.#count = 0;
    this.#buried = 0;
    this.#begin();
    this.#inOrder = true;
    this.#last = Number.NEGATIVE_INFINITY;
  }

  add(cell: number, rank: number): void {
    if (this.#count === this.#cells.length) this.#cells = moreInts(this.#cells, Math.max(16, 2 * this.#count));
    this.#cells[this.#count++] = cell;
    if (rank >= this.#last) {
      if (this.#inOrder) this.#last = rank;
    } else this.#disorder();
  }

  /** To be asked for one place after the other, when `length` is known. */
  at(index: number): number {
    if (!this.#inOrder && index >= this.#sorted) this.#sort(index);
    return this.#cells[index] as number;
  }

  /** One of the cells has been buried. It leaves when somebody reads the list, or when as many are buried as are not. */
  drop(): void {
    if (2 * ++this.#buried >= this.#count) this.#sweep();
  }

  /**
   * Looks at up to `budget` cells, drops those that are not wanted, and answers what is left of the budget: as long as that is
   * nothing, it is to be called again before anything else.
   */
  keep(wanted: (cell: number) => boolean, budget: number): number {
    if (this.#buried > 0) this.#sweep();
    const cells = this.#cells;
    const until = Math.min(this.#count, this.#looked + budget);
    const left = budget - (until - this.#looked);
    for (; this.#looked < until; this.#looked++) {
      const cell = cells[this.#looked] as number;
      if (wanted(cell)) cells[this.#kept++] = cell;
    }
    if (left > 0) this.#keptAll();
    return left;
  }

  #sweep(): void {
    this.#buried = 0;
    this.keep((cell) => !this.#source.freeBuried(cell), Number.POSITIVE_INFINITY);
  }

  #keptAll(): void {
    const count = (this.#count = this.#kept);
    this.#looked = 0;
    this.#kept = 0;
    this.#begin();
    if (count === 0) this.#inOrder = true;
    if (!this.#inOrder) return;
    this.#last = count === 0 ? Number.NEGATIVE_INFINITY : this.#source.rank(this.#cells[count - 1] as number);
  }

  #disorder(): void {
    this.#inOrder = false;
    // From now on every cell may belong anywhere.
    this.#last = Number.POSITIVE_INFINITY;
    if (this.#sorted > 0) this.#begin();
  }

  /** Nothing is sorted, for what that says. */
  #begin(): void {
    this.#sorted = 0;
    this.#pivots.length = 0;
    if (this.#source.sorting === this) this.#source.sorting = undefined;
  }

  #sort(index: number): void {
    const count = this.#count;
    const pivots = this.#pivots;
    if (this.#source.sorting !== this) this.#rank();
    let end = pivots.at(-1) ?? count;
    if (end === index) {
      pivots.pop();
      this.#sorted = index + 1;
    } else {
      while (end - index > shortSegment) {
        end = this.#partition(index, end);
        pivots.push(end);
      }
      this.#insertionSort(index, end);
      this.#sorted = Math.max(end, index + 1);
      if (end === index) pivots.pop();
    }
    if (this.#sorted < count) return;
    this.#inOrder = true;
    const source = this.#source;
    this.#last = source.ranks[count - 1] as number;
    source.sorting = undefined;
    if (source.ranks.length > ranksKept) source.ranks = new Float64Array(0);
  }

  #rank(): void {
    const cells = this.#cells;
    const count = this.#count;
    const source = this.#source;
    if (source.ranks.length < count) source.ranks = new Float64Array(Math.max(64, Math.ceil(1.5 * count)));
    const { ranks } = source;
    for (let index = 0; index < count; index++) ranks[index] = source.rank(cells[index] as number);
    source.sorting = this;
  }

  /** Puts one cell of [from, to) where it belongs, and answers the place: below it before, the others behind. */
  #partition(from: number, to: number): number {
    const cells = this.#cells;
    const { ranks } = this.#source;
    const middle = (from + to) >> 1;
    const rank = ranks[middle] as number;
    this.#swap(middle, to - 1);
    let place = from;
    for (let index = from; index < to - 1; index++) {
      if ((ranks[index] as number) >= rank) continue;
      const cell = cells[index] as number;
      const own = ranks[index] as number;
      cells[index] = cells[place] as number;
      ranks[index] = ranks[place] as number;
      cells[place] = cell;
      ranks[place++] = own;
    }
    this.#swap(place, to - 1);
    return place;
  }

  #swap(one: number, other: number): void {
    const cells = this.#cells;
    const { ranks } = this.#source;
    const [cell, rank] = [cells[one] as number, ranks[one] as number];
    cells[one] = cells[other] as number;
    ranks[one] = ranks[other] as number;
    cells[other] = cell;
    ranks[other] = rank;
  }

  #insertionSort(from: number, to: number): void {
    const cells = this.#cells;
    const { ranks } = this.#source;
    for (let index = from + 1; index < to; index++) {
      const cell = cells[index] as number;
      const rank = ranks[index] as number;
      let place = index;
      while (place > from && (ranks[place - 1] as number) > rank) {
        cells[place] = cells[place - 1] as number;
        ranks[place] = ranks[place - 1] as number;
        place--;
      }
      cells[place] = cell;
      ranks[place] = rank;
    }
  }
}
