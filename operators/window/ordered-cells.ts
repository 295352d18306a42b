/** Where a cell's key stands among all keys. */
export interface CellRanks {
  rank(cell: number): number;
  /** Frees a cell that has been buried; false for one that has not. */
  freeBuried(cell: number): boolean;
}

/** Segments as short as this are sorted in one go. */
const shortSegment = 24;

/**
 * A list of cells that is read in the order of their keys. Mostly they come in this order; if not, they are sorted only as
 * far as somebody reads (incremental quicksort: Paredes, Navarro 2006), so that a million of them cause no long pause.
 */
export class OrderedCells {
  readonly #cells: number[] = [];
  /** How many of them are buried. */
  #buried = 0;
  readonly #ranks: CellRanks;
  #inOrder = true;
  #last: number = Number.NEGATIVE_INFINITY;
  /** Cells before this one stand where they belong. */
  #sorted = 0;
  /** Places of pivots: what is before one ranks below it. The nearest last. */
  readonly #pivots: number[] = [];

  constructor(ranks: CellRanks) {
    this.#ranks = ranks;
  }

  get cells(): readonly number[] {
    if (this.#buried > 0) this.#sweep();
    return this.#cells;
  }

  get length(): number {
    return this.cells.length;
  }

  add(cell: number, rank: number): void {
    this.#cells.push(cell);
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
    if (2 * ++this.#buried >= this.#cells.length) this.#sweep();
  }

  /** Keeps the cells that are accepted. */
  keep(wanted: (cell: number) => boolean): void {
    if (this.#buried > 0) this.#sweep();
    this.#keep(wanted);
  }

  #sweep(): void {
    this.#buried = 0;
    this.#keep((cell) => !this.#ranks.freeBuried(cell));
  }

  #keep(wanted: (cell: number) => boolean): void {
    const cells = this.#cells;
    let kept = 0;
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index] as number;
      if (wanted(cell)) cells[kept++] = cell;
    }
    cells.length = kept;
    this.#pivots.length = 0;
    this.#sorted = 0;
    if (kept === 0) this.#inOrder = true;
    if (this.#inOrder) this.#last = kept === 0 ? Number.NEGATIVE_INFINITY : this.#ranks.rank(cells[kept - 1] as number);
  }

  #disorder(): void {
    this.#inOrder = false;
    // From now on every cell may belong anywhere.
    this.#last = Number.POSITIVE_INFINITY;
    if (this.#sorted === 0) return;
    this.#sorted = 0;
    this.#pivots.length = 0;
  }

  #sort(index: number): void {
    const cells = this.#cells;
    const pivots = this.#pivots;
    let end = pivots.at(-1) ?? cells.length;
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
    if (this.#sorted < cells.length) return;
    this.#inOrder = true;
    this.#last = this.#ranks.rank(cells.at(-1) as number);
  }

  /** Puts one cell of [from, to) where it belongs, and answers the place: below it before, the others behind. */
  #partition(from: number, to: number): number {
    const cells = this.#cells;
    const middle = (from + to) >> 1;
    const pivot = cells[middle] as number;
    const rank = this.#ranks.rank(pivot);
    cells[middle] = cells[to - 1] as number;
    let place = from;
    for (let index = from; index < to - 1; index++) {
      const cell = cells[index] as number;
      if (this.#ranks.rank(cell) >= rank) continue;
      cells[index] = cells[place] as number;
      cells[place++] = cell;
    }
    cells[to - 1] = cells[place] as number;
    cells[place] = pivot;
    return place;
  }

  #insertionSort(from: number, to: number): void {
    const cells = this.#cells;
    for (let index = from + 1; index < to; index++) {
      const cell = cells[index] as number;
      const rank = this.#ranks.rank(cell);
      let place = index;
      while (place > from && this.#ranks.rank(cells[place - 1] as number) > rank) {
        cells[place] = cells[place - 1] as number;
        place--;
      }
      cells[place] = cell;
    }
  }
}
