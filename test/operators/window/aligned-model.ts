import type { Pane } from '../../../operators/window/window-options.ts';
import type { ForgettingModel } from './limited-model.ts';
import { type Emit, type Held, type ModelRow, type ModelSettings, resultsOf } from './window-model.ts';

export type Border = readonly [start: number, end: number];

export interface AlignedModelOptions extends ModelSettings {
  /** All windows that hold a time. */
  readonly windowsOf: (at: number) => readonly Border[];
  /** Every window there is in the time that the test is about, for `empty`. */
  readonly all: readonly Border[];
  readonly empty: boolean;
  /** Whether a record is in several windows, or in a part of one. */
  readonly overlapping: boolean;
}

/** One key's window: all readings in it, and how many of them the last row had seen. */
interface Cell {
  readonly key: Held['key'];
  readonly rank: number;
  readonly start: number;
  readonly end: number;
  readonly held: Held[];
  seen: number;
  fired: number;
  /** Whether its end has been reached. */
  over: boolean;
  /** Processing time of its first record. */
  first: number | undefined;
  /** Processing time of its next early row. */
  due: number | undefined;
}

/** Windows on a grid: every reading goes into a list for each of its windows. */
export class AlignedModel implements ForgettingModel {
  readonly #options: AlignedModelOptions;
  readonly #emit: Emit;
  /** By the rank of a key: its oldest accepted reading. */
  readonly #since = new Map<number, { readonly key: Held['key']; at: number }>();
  #cells: Cell[] = [];
  /** The cells once more, to be found by key and window. */
  readonly #found = new Map<string, Cell>();
  #lastEnd = Number.NEGATIVE_INFINITY;
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(options: AlignedModelOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
  }

  take(held: Held, now: number): 'late' | 'failed' | undefined {
    const { allowedLateness, early, windowsOf, clock, discarding, throwing } = this.#options;
    const at = clock === 'processing' ? Math.max(now, this.#watermark + 1) : held.at;
    const open = windowsOf(at).filter(([, end]) => end - 1 + allowedLateness > this.#watermark);
    if (open.length === 0) return 'late';
    if (throwing && held.reading.v === 7) return 'failed';
    const since = this.#since.get(held.rank)?.at ?? at;
    this.#since.set(held.rank, { key: held.key, at: Math.min(at, since) });
    for (const [start, end] of open.toSorted((a, b) => a[1] - b[1])) {
      this.#lastEnd = Math.max(this.#lastEnd, end);
      const cell = this.#cell(held, start, end);
      cell.held.push(held);
      if (end - 1 <= this.#watermark) {
        if (discarding) cell.seen = cell.held.length - 1;
        this.#fire(cell, 'late');
      } else if (early !== undefined && 'count' in early) {
        if (cell.held.length - cell.seen >= early.count) this.#fire(cell, 'early');
      } else if (early?.time === 'processing') {
        cell.first ??= now;
        cell.due ??= cell.first + (Math.floor((now - cell.first) / early.every) + 1) * early.every;
      }
    }
    return undefined;
  }

  moveTo(at: number): void {
    if (this.#options.clock === 'event' || at === Number.POSITIVE_INFINITY) this.#close(at);
  }

  advanceTo(now: number): void {
    const isProcessing = this.#options.clock === 'processing';
    const next = (): number => {
      const all = isProcessing
        ? [...this.#options.all.map(([, end]) => end), ...this.#cells.map(({ end }) => end)]
        : [];
      const open = all.filter((end) => end - 1 > this.#watermark);
      const due = this.#cells.map((each) => each.due ?? Number.POSITIVE_INFINITY);
      return [...open, ...due].reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    };
    for (let moment = next(); moment <= now; moment = next()) {
      if (isProcessing) this.#close(moment - 1);
      for (const cell of this.#inOrder()) {
        if (cell.due !== moment) continue;
        cell.due = undefined;
        if (!cell.over) this.#fire(cell, 'early');
      }
    }
  }

  has(rank: number): boolean {
    return this.#options.empty ? this.#since.has(rank) : this.#cells.some((cell) => cell.rank === rank);
  }

  forget(rank: number): ReturnType<ForgettingModel['forget']> {
    const own = this.#inOrder().filter((cell) => cell.rank === rank);
    for (const each of own) this.#found.delete(nameOf(each));
    this.#cells = this.#cells.filter((cell) => cell.rank !== rank);
    this.#since.delete(rank);
    if (this.#options.overlapping) return { records: new Set(own.flatMap(({ held }) => held)).size };
    const shown = own.filter(({ held, seen }) => held.length > (this.#options.discarding ? seen : 0));
    return { windows: shown.map((cell) => this.#rowOf(cell, cell.end - 1 <= this.#watermark ? 'late' : 'early')) };
  }

  #close(at: number): void {
    if (!(at > this.#watermark)) return;
    const before = this.#watermark;
    this.#watermark = at;
    const { early, discarding, empty, allowedLateness } = this.#options;
    if (empty) this.#wake(before);
    const inOrder = this.#inOrder();
    for (const cell of inOrder) {
      if (cell.over || cell.end - 1 > at) continue;
      cell.over = true;
      if (!discarding || cell.held.length > cell.seen || cell.fired === 0) this.#fire(cell, 'on-time');
    }
    for (const cell of inOrder) {
      if (early === undefined || 'count' in early || early.time === 'processing') continue;
      if (cell.over || cell.held.length === cell.seen) continue;
      let point = cell.start + early.every;
      while (point < cell.end && point - 1 <= before) point += early.every;
      if (point < cell.end && point - 1 <= at) this.#fire(cell, 'early');
    }
    const isOver = ({ end }: Cell): boolean => end - 1 + allowedLateness <= at;
    for (const each of this.#cells.filter(isOver)) this.#found.delete(nameOf(each));
    this.#cells = this.#cells.filter((each) => !isOver(each));
  }

  /** With `empty`: every window that has ended now is there for every key that is alive. */
  #wake(before: number): void {
    for (const [start, end] of this.#options.all) {
      if (end - 1 <= before || end - 1 > this.#watermark) continue;
      if (this.#watermark === Number.POSITIVE_INFINITY && end > this.#lastEnd) continue;
      for (const [rank, { key, at }] of this.#since) if (end > at) this.#cell({ key, rank }, start, end);
    }
  }

  #inOrder(): readonly Cell[] {
    return this.#cells.toSorted((a, b) => a.end - b.end || a.rank - b.rank);
  }

  #cell({ key, rank }: Pick<Held, 'key' | 'rank'>, start: number, end: number): Cell {
    const known = this.#found.get(nameOf({ rank, start, end }));
    if (known !== undefined) return known;
    const over = end - 1 <= this.#watermark && !this.#options.empty;
    const cell: Cell = { key, rank, start, end, held: [], seen: 0, fired: 0, over, first: undefined, due: undefined };
    this.#cells.push(cell);
    this.#found.set(nameOf(cell), cell);
    return cell;
  }

  #fire(cell: Cell, timing: Pane['timing']): void {
    const row = this.#rowOf(cell, timing);
    cell.over ||= timing === 'late';
    cell.seen = cell.held.length;
    cell.fired++;
    cell.due = undefined;
    this.#emit(row);
  }

  #rowOf({ key, start, end, held, seen, fired }: Cell, timing: Pane['timing']): ModelRow {
    const { discarding, paned, throwing } = this.#options;
    const pane = paned ? { pane: { timing, index: fired } } : {};
    const shown = discarding ? held.slice(seen) : held;
    return { ...key, windowStart: start, windowEnd: end, ...pane, ...resultsOf(shown, throwing) };
  }
}

function nameOf({ rank, start, end }: Pick<Cell, 'rank' | 'start' | 'end'>): string {
  return `${rank} ${start} ${end}`;
}
