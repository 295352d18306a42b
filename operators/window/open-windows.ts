/** A window that some key has a cell in. */
export class OpenWindow {
  readonly start: number;
  readonly end: number;
  #cells: number[] = [];
  #inOrder = true;
  #last: number = Number.NEGATIVE_INFINITY;

  constructor(start: number, end: number) {
    this.start = start;
    this.end = end;
  }

  /** `order`: the place of the cell's key among all keys. */
  add(cell: number, order: number): void {
    this.#cells.push(cell);
    if (order < this.#last) this.#inOrder = false;
    this.#last = order;
  }

  get cells(): readonly number[] {
    return this.#cells;
  }

  /** The cells in the order of their keys. */
  ordered(order: (cell: number) => number): readonly number[] {
    if (!this.#inOrder) this.#cells.sort((a, b) => order(a) - order(b));
    this.#inOrder = true;
    return this.#cells;
  }
}

/** The open windows by end. New ones nearly always come last, and the first ones leave. */
export class OpenWindows {
  /** The watermark at which the next one is due; NaN where none is open. */
  #nextDue: number = Number.NaN;
  readonly #byStart = new Map<number, OpenWindow>();
  /** The youngest in front, so that the oldest leaves from the end. */
  readonly #byEnd: OpenWindow[] = [];

  at(start: number, end: number): OpenWindow {
    const known = this.#byStart.get(start);
    if (known !== undefined) return known;
    const window = new OpenWindow(start, end);
    this.#byStart.set(start, window);
    let place = 0;
    while (place < this.#byEnd.length && (this.#byEnd[place] as OpenWindow).end > end) place++;
    this.#byEnd.splice(place, 0, window);
    this.#look();
    return window;
  }

  /** Whether a window ends at this watermark or before. */
  due(watermark: number): boolean {
    return watermark >= this.#nextDue;
  }

  get first(): OpenWindow | undefined {
    return this.#byEnd.at(-1);
  }

  removeFirst(): void {
    const window = this.#byEnd.pop();
    if (window !== undefined) this.#byStart.delete(window.start);
    this.#look();
  }

  /** All cells, the windows in the order in which they will fire. */
  cells(): number[] {
    return this.#byEnd.toReversed().flatMap((window) => [...window.cells]);
  }

  #look(): void {
    this.#nextDue = (this.first?.end ?? Number.NaN) - 1;
  }
}
