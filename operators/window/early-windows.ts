import type { Accumulators } from '../../core/accumulators.ts';
import { grown, picked, placed } from '../../core/columns.ts';
import type { Key } from '../../core/key.ts';
import { Pieces } from '../../core/pieces.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Piece } from '../../core/snapshot.ts';
import { type AlignedWindowRecipe, AlignedWindows } from './aligned-windows.ts';
import type { FrozenCells } from './frozen-cells.ts';
import { MinHeap } from './min-heap.ts';
import type { OpenSlice } from './open-slices.ts';
import { OrderedCells } from './ordered-cells.ts';
import { RunningCells } from './running-cells.ts';
import { none } from './slice-cells.ts';
import type { Pane } from './window-options.ts';
import type { PaneState } from './window-panes.ts';

/** A firing under way: of one window, for these keys, each named by one of its cells. */
interface Firing {
  readonly start: number;
  readonly end: number;
  readonly timing: Pane['timing'];
  readonly cells: OrderedCells;
}

/**
 * Windows that fire before their end as well. Each firing combines the slices of its window anew. Where a pane holds only
 * what is new, a slice's cell is sealed by every firing that has it, and what comes later goes into another one.
 */
export class EarlyWindows extends AlignedWindows {
  readonly #everyMs: number;
  readonly #byEvent: boolean;
  readonly #count: number;
  readonly #discarding: boolean;
  readonly #empty: boolean;
  /** With `empty`: the keys that are alive, each with a cell that says from when on. */
  #alive!: RunningCells;
  #nextEmpty: number = Number.NaN;
  /** In event time: windows by the watermark at which they fire early. */
  readonly #points = new MinHeap<number>();
  readonly #pointed = new Set<number>();
  /** In processing time: windows of single keys by the moment at which they fire early. */
  readonly #alarms = new MinHeap<{ readonly end: number; readonly id: number }>();
  /** How many of them may be of keys that have been forgotten. */
  #stale = 0;
  #firing: Firing | undefined;
  #done = 0;
  /** Early firings that are due, the one that comes last first. */
  readonly #queue: Firing[] = [];
  /** Grows with every firing. */
  #mark = 0;
  /** By cell: how many records it has, when it was made, and whether it takes no more. */
  #records: Float64Array = new Float64Array(0);
  #births: Float64Array = new Float64Array(0);
  #sealed: Float64Array = new Float64Array(0);
  #single: number = none;
  #together: number = none;

  constructor(recipe: AlignedWindowRecipe, parts: Parts) {
    super(recipe, parts, false);
    const { early, discarding, empty } = recipe.settings;
    this.#count = early !== undefined && 'count' in early ? early.count : Number.POSITIVE_INFINITY;
    this.#everyMs = early !== undefined && 'everyMs' in early ? early.everyMs : Number.NaN;
    this.#byEvent = early !== undefined && 'time' in early && early.time === 'event';
    this.#discarding = discarding;
    this.#empty = empty;
  }

  override open(): void {
    super.open();
    this.#alive = new RunningCells(this.cells, true);
  }

  override onTime(now: number): void {
    const due = new Map<number, OrderedCells>();
    while (this.#alarms.reaches(now)) {
      const { end, id } = this.#alarms.pop()!;
      const state = this.panes.of(end, id);
      if (state === undefined || !(state.due <= now)) continue;
      state.due = Number.NaN;
      let cells = due.get(end);
      if (cells === undefined) due.set(end, (cells = new OrderedCells(this.cells)));
      const cell = this.cells.findWithin(id, this.grid.startOf(end), end);
      cells.add(cell, this.cells.rank(cell));
    }
    for (const end of [...due.keys()].toSorted((a, b) => b - a)) this.#queue.push(this.#early(end, due.get(end)!));
    super.onTime(now);
    this.#wake();
  }

  protected override apart(): readonly Accumulators[] {
    return [];
  }

  protected override nextDue(): number {
    const window = this.#nextEnd() - 1;
    const drop = this.slices.nextDrop;
    const due = Math.min(Number.isNaN(window) ? Infinity : window, Number.isNaN(drop) ? Infinity : drop);
    return Math.min(due, this.#points.smallest);
  }

  protected override opened(slice: OpenSlice): void {
    if (this.#empty && !(slice.firstDue >= this.#nextEmpty)) this.#nextEmpty = slice.firstDue;
    if (!this.#byEvent) return;
    for (let end = slice.firstDue; end <= slice.lastEnd; end = this.grid.nextEnd(end)) {
      if (!this.#pointed.has(end)) this.#point(end);
    }
  }

  protected override met(key: Key, start: number): void {
    this.#alive.met(key, start);
  }

  protected override goOn(): boolean {
    if (this.#firing !== undefined) {
      this.#goOnFiring(this.#firing);
      return true;
    }
    this.#firing = this.#next();
    this.#done = 0;
    return this.#firing !== undefined || this.dropKept();
  }

  protected override settle(value: unknown, timestamp: number, key: Key, start: number, found: number): void {
    const { cells, grid, reader } = this;
    const open = found === none || this.#sealed[found] === 1 ? none : found;
    const single = (this.#single = this.#single === none ? cells.allocate(key) : this.#single);
    if (this.#discarding) {
      reader.clear(single);
      // What the user's code throws must leave everything as it was.
      if (this.fails(single, value, timestamp)) return;
      reader.add(single, value, timestamp);
    }
    if (this.fails(open, value, timestamp)) return;
    const cell = open === none ? this.#add(key, start) : open;
    reader.add(cell, value, timestamp);
    this.#records[cell] = (this.#records[cell] as number) + 1;
    this.counts.absorbed++;
    const last = grid.lastEnd(start);
    for (let end = grid.firstEnd(start); end <= last && !this.context.stopped; end = grid.nextEnd(end)) {
      if (end - 1 > this.now) this.#arrived(key, end);
      else if (end - 1 + this.settings.latenessMs > this.now) this.#fireOne(key, grid.startOf(end), end, 'late');
    }
  }

  protected override leave(id: number, ends: readonly number[]): void {
    this.#alive.forget(id);
    for (const end of ends) if (!Number.isNaN(this.panes.of(end, id)?.due ?? Number.NaN)) this.#stale++;
    if (2 * this.#stale <= this.#alarms.size) return;
    this.panes.forget(id, ends);
    this.#alarms.keep((at, window) => this.panes.of(window.end, window.id)?.due === at);
    this.#stale = 0;
  }

  protected override isBlank(cell: number): boolean {
    return this.#records[cell] === 0;
  }

  protected override more(all: Int32Array, frozen: FrozenCells): Iterable<Piece> {
    this.dropPanes();
    const [records, births, sealed] = [this.#records, this.#births, this.#sealed].map((column) => picked(column, all));
    const alive = this.#alive.snapshot(all, Number.NEGATIVE_INFINITY, frozen);
    const first = { mark: this.#mark, nextEmpty: this.#nextEmpty };
    const panes = this.panes.snapshot();
    return new Pieces(function* (): Generator<Piece> {
      yield first;
      yield* Pieces.cut(all.length, (from, until) => ({
        from,
        records: records?.slice(from, until),
        births: births?.slice(from, until),
        sealed: sealed?.slice(from, until),
      }));
      yield* alive;
      yield panes;
    });
  }

  protected override takeUp(piece: Piece, all: readonly number[]): void {
    if ('mark' in piece) {
      this.#mark = piece['mark'] as number;
      this.#nextEmpty = piece['nextEmpty'] as number;
    } else if ('births' in piece) this.#takeUpCells(piece, all);
    else if ('paneEnds' in piece) {
      this.panes.restore(piece);
      for (const end of this.panes.ends) {
        for (const [id, { due }] of this.panes.entries(end)) if (due === due) this.#alarms.push(due, { end, id });
      }
      this.#wake();
    } else this.#alive.restore(piece, all);
  }

  #takeUpCells({ from, records, births, sealed }: Piece, all: readonly number[]): void {
    const some = all.slice(from as number, (from as number) + (records as Float64Array).length);
    for (const cell of some) this.#room(cell);
    placed(this.#records, some, records);
    placed(this.#births, some, births);
    placed(this.#sealed, some, sealed);
  }

  #nextEnd(): number {
    const { slices } = this;
    if (!this.#empty) return slices.nextEnd;
    const over = this.now === Number.POSITIVE_INFINITY && slices.waiting.size === 0;
    return over ? Number.NaN : this.#nextEmpty;
  }

  /** Windows that have ended go first; of one that has, no early row is wanted any more. */
  #next(): Firing | undefined {
    const end = this.#nextEnd();
    if (end - 1 <= this.now) {
      const start = this.grid.startOf(end);
      return { start, end, timing: 'on-time', cells: this.#empty ? this.#alive.list : this.#keysWithin(start, end) };
    }
    if (this.#points.reaches(this.now)) this.#collectPoints();
    let early = this.#queue.pop();
    while (early !== undefined && early.end - 1 <= this.now) early = this.#queue.pop();
    return early;
  }

  #collectPoints(): void {
    const ends: number[] = [];
    while (this.#points.reaches(this.now)) {
      const end = this.#points.pop() as number;
      this.#pointed.delete(end);
      if (end - 1 > this.now) ends.push(end);
    }
    for (const end of ends.toSorted((a, b) => b - a)) {
      this.#queue.push(this.#early(end, this.#keysWithin(this.grid.startOf(end), end)));
      this.#point(end);
    }
  }

  #early(end: number, cells: OrderedCells): Firing {
    return { start: this.grid.startOf(end), end, timing: 'early', cells };
  }

  /** Notes when the window fires early next, if it does. */
  #point(end: number): void {
    const start = this.grid.startOf(end);
    const passed = this.now === Number.NEGATIVE_INFINITY ? 0 : Math.floor((this.now + 1 - start) / this.#everyMs);
    const point = start + (Math.max(0, passed) + 1) * this.#everyMs;
    if (!(point < end)) return;
    this.#pointed.add(end);
    this.#points.push(point - 1, end);
  }

  /** One cell of each key that has one in the window. */
  #keysWithin(start: number, end: number): OrderedCells {
    const { cells, slices, grid } = this;
    if (!this.overlapping) return slices.at(start)?.cells ?? new OrderedCells(cells);
    const found = new OrderedCells(cells);
    const seen = new Set<number>();
    for (let at = start; at < end; at = grid.sliceEnd(at)) {
      const list = slices.at(at)?.cells;
      const length = list?.length ?? 0;
      for (let index = 0; index < length; index++) {
        const cell = list!.cells[index] as number;
        const id = cells.id(cell);
        if (seen.has(id)) continue;
        seen.add(id);
        found.add(cell, cells.rank(cell));
      }
    }
    return found;
  }

  #goOnFiring(firing: Firing): void {
    const { cells, start, end, timing } = firing;
    while (this.#done < cells.length && this.left > 0 && !this.context.stopped) {
      const cell = cells.at(this.#done++);
      this.left--;
      if (timing === 'on-time' && this.#empty && this.#alive.since(this.cells.id(cell)) >= end) continue;
      this.#fireOne(this.cells.key(cell), start, end, timing);
    }
    if (this.#done < cells.length) return;
    this.#firing = undefined;
    if (timing === 'on-time') this.#ended(end);
  }

  #ended(end: number): void {
    const { slices } = this;
    slices.to = end;
    if (this.#empty) this.#nextEmpty = this.grid.nextEnd(end);
    const from = this.grid.startOf(this.grid.nextEnd(end));
    while (slices.waiting.size > 0 && slices.waiting.smallest < from) slices.keep(slices.waiting.pop()!);
  }

  /** Fires one key's window, if there is something to say. */
  #fireOne(key: Key, start: number, end: number, timing: Pane['timing']): void {
    const state = this.panes.begin(end, key.id);
    const before = state.seen;
    const cell = this.#combined(key, start, end, state);
    const isNew = this.#discarding ? state.seen > 0 : state.seen > before;
    const isWanted = timing === 'early' ? isNew : timing === 'late' || !this.#discarding || isNew || state.index === 0;
    const index = state.index;
    if (isWanted) {
      state.index++;
      state.fresh = 0;
      state.due = Number.NaN;
      const shown = timing === 'late' && this.#discarding ? this.#single : cell;
      this.emit(key, start, end, shown, shown, { timing, index });
    }
    if (this.#discarding) this.#seal(key, start, end, state);
  }

  /** What the key's slices of a window make together, of a discarding one since its last row; `seen` says how many records. */
  #combined(key: Key, start: number, end: number, state: PaneState): number {
    const { cells, reader } = this;
    state.seen = 0;
    let cell = cells.findWithin(key.id, start, end);
    if (!this.overlapping) {
      if (cell === none) return this.#alive.of(key.id);
      state.seen = this.#records[cell] as number;
      return cell;
    }
    const into = (this.#together = this.#together === none ? cells.allocate(key) : this.#together);
    reader.clear(into);
    if (cell === none) return into;
    for (let older = cells.older(cell); older !== none && cells.start(older) >= start; older = cells.older(cell)) {
      cell = older;
    }
    for (; cell !== none && cells.start(cell) < end; cell = cells.newer(cell)) {
      if (this.#discarding && (this.#births[cell] as number) < state.mark) continue;
      reader.merge(into, cell);
      state.seen += this.#records[cell] as number;
    }
    return into;
  }

  /** What has fired takes no more: where no other window wants it, it begins anew. */
  #seal(key: Key, start: number, end: number, state: PaneState): void {
    const { cells } = this;
    state.mark = ++this.#mark;
    let cell = this.cells.findWithin(key.id, start, end);
    if (!this.overlapping) {
      if (cell === none) return;
      this.reader.clear(cell);
      this.#records[cell] = 0;
      return;
    }
    for (; cell !== none && cells.start(cell) >= start; cell = cells.older(cell)) {
      this.#sealed[cell] = 1;
    }
  }

  /** A record has come for a window that has not ended. */
  #arrived(key: Key, end: number): void {
    if (this.#byEvent) return;
    const state = this.panes.begin(end, key.id);
    if (++state.fresh >= this.#count) this.#fireOne(key, this.grid.startOf(end), end, 'early');
    if (Number.isNaN(this.#everyMs) || state.due === state.due) return;
    const now = this.context.clock.now();
    if (Number.isNaN(state.first)) state.first = now;
    const passed = Math.max(0, Math.floor((now - state.first) / this.#everyMs));
    state.due = state.first + (passed + 1) * this.#everyMs;
    this.#alarms.push(state.due, { end, id: key.id });
    this.#wake();
  }

  #wake(): void {
    if (this.#alarms.size > 0) this.context.wakeAt(this, this.#alarms.smallest);
  }

  #add(key: Key, start: number): number {
    const cell = this.addCell(key, start);
    this.#room(cell);
    this.#records[cell] = 0;
    this.#births[cell] = this.#mark;
    this.#sealed[cell] = 0;
    return cell;
  }

  #room(cell: number): void {
    if (cell < this.#records.length) return;
    const capacity = Math.max(16, 2 * cell);
    this.#records = grown(this.#records, capacity);
    this.#births = grown(this.#births, capacity);
    this.#sealed = grown(this.#sealed, capacity);
  }
}
