import type { Accumulators } from '../../core/accumulators.ts';
import type { Key } from '../../core/key.ts';
import { Pieces } from '../../core/pieces.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Piece } from '../../core/snapshot.ts';
import { type AlignedWindowRecipe, AlignedWindows } from './aligned-windows.ts';
import type { FrozenCells } from './frozen-cells.ts';
import type { OpenSlice } from './open-slices.ts';
import type { OrderedCells } from './ordered-cells.ts';
import { RunningCells } from './running-cells.ts';
import { none } from './slice-cells.ts';

type Stage = 'none' | 'enter' | 'emit' | 'leave';

/**
 * Windows that fire at their end, and again when a late record comes. Of windows that overlap the slices enter and leave what
 * runs along; a window that stands by itself is its one slice.
 */
export class PlainWindows extends AlignedWindows {
  readonly #empty: boolean;
  readonly #late: boolean;
  #running!: RunningCells;
  /** The window under way, and how far it is. */
  #stage: Stage = 'none';
  #start = 0;
  #end = 0;
  #done = 0;
  /** Where empty windows fire as well: the end of the next one. */
  #nextEmpty: number = Number.NaN;
  /** For one record by itself, and for what a window's slices make together. */
  #single: number = none;
  #together: number = none;

  constructor(recipe: AlignedWindowRecipe, parts: Parts) {
    super(recipe, parts, true);
    this.#empty = recipe.settings.empty;
    this.#late = recipe.settings.latenessMs > 0;
  }

  override open(): void {
    super.open();
    this.#running = new RunningCells(this.cells, this.#empty);
  }

  protected override apart(): readonly Accumulators[] {
    return this.overlapping ? this.reader.accumulators.filter((each) => each.subtract === undefined) : [];
  }

  protected override nextDue(): number {
    const window = this.#nextEnd() - 1;
    const drop = this.slices.nextDrop;
    return Math.min(Number.isNaN(window) ? Number.POSITIVE_INFINITY : window, Number.isNaN(drop) ? Infinity : drop);
  }

  protected override opened(slice: OpenSlice): void {
    if (this.#empty && !(slice.firstDue >= this.#nextEmpty)) this.#nextEmpty = slice.firstDue;
  }

  protected override met(key: Key, start: number): void {
    this.#running.met(key, start);
  }

  protected override goOn(): boolean {
    switch (this.#stage) {
      case 'none':
        return this.#begin() || this.dropKept();
      case 'enter':
        this.#enter();
        return true;
      case 'emit':
        this.#emitAll();
        return true;
      case 'leave':
        this.#leave();
        return true;
    }
  }

  protected override settle(value: unknown, timestamp: number, key: Key, start: number, found: number): void {
    const { cells, reader, slices } = this;
    const single = (this.#single = this.#single === none ? this.cells.allocate(key) : this.#single);
    reader.clear(single);
    // What the user's code throws must leave everything as it was.
    if (this.fails(single, value, timestamp)) return;
    reader.add(single, value, timestamp);
    if (this.fails(found, value, timestamp)) return;
    const isNew = found === none;
    const again = this.#late ? this.#fired(key, start, isNew) : [];
    const cell = isNew ? this.addCell(key, start) : found;
    reader.addOwn(cell, single, value, timestamp);
    this.counts.absorbed++;
    if (this.overlapping && cells.end(cell) <= slices.to && this.grid.lastEnd(start) - 1 > this.now) {
      this.#running.enterLate(cell, single, isNew, slices.to);
    }
    for (const [end, before] of again) {
      if (!this.context.stopped) this.#emitLate(key, end, before, cell);
    }
  }

  protected override leave(id: number): void {
    this.#running.forget(id);
  }

  protected override more(all: Int32Array, frozen: FrozenCells): Iterable<Piece> {
    if (!this.paned && !this.#empty && !this.overlapping) return [];
    this.dropPanes();
    const running = this.#running.snapshot(all, this.slices.to, frozen);
    const rest = [{ nextEmpty: this.#nextEmpty }, this.panes.snapshot()];
    return new Pieces(function* (): Generator<Piece> {
      yield* running;
      yield* rest;
    });
  }

  protected override takeUp(piece: Piece, all: readonly number[]): void {
    if ('nextEmpty' in piece) this.#nextEmpty = piece['nextEmpty'] as number;
    else if ('paneEnds' in piece) this.panes.restore(piece);
    else this.#running.restore(piece, all);
  }

  /** The end of the window that fires next, whenever that is; NaN where there is none. */
  #nextEnd(): number {
    const { slices } = this;
    if (!this.#empty) return slices.nextEnd;
    // Behind the end of the input there is no window any more that nobody fell into.
    const over = this.now === Number.POSITIVE_INFINITY && slices.within.size + slices.waiting.size === 0;
    return over ? Number.NaN : this.#nextEmpty;
  }

  #begin(): boolean {
    const end = this.#nextEnd();
    if (!(end - 1 <= this.now)) return false;
    this.#end = end;
    this.#start = this.grid.startOf(end);
    this.#done = 0;
    this.#stage = this.overlapping ? 'enter' : 'emit';
    return true;
  }

  #enter(): void {
    const slice = this.slices.waiting.first;
    if (slice === undefined || slice.end > this.#end) {
      this.slices.to = this.#end;
      this.#done = 0;
      this.#stage = 'emit';
      return;
    }
    const { cells, length } = slice.cells;
    const until = Math.min(length, this.#done + this.left);
    this.left -= until - this.#done;
    for (; this.#done < until; this.#done++) this.#running.enter(cells[this.#done] as number);
    if (until < length) return;
    this.slices.waiting.pop();
    this.slices.within.push(slice.start, slice);
    this.#done = 0;
  }

  #emitAll(): void {
    if (this.#empty) this.#emitLive();
    else if (this.overlapping) this.#emitRunning();
    else this.#emitSlice();
  }

  /** The window is its one slice: its cells leave. */
  #emitSlice(): void {
    const { cells, slices } = this;
    const slice = slices.waiting.first as OpenSlice;
    const list = slice.cells;
    const until = this.#until(list);
    while (this.#done < until && !this.context.stopped) {
      const cell = list.at(this.#done++);
      const key = cells.key(cell);
      this.emit(key, this.#start, this.#end, cell, cell, this.#pane());
      if (!this.#late) cells.remove(cell);
    }
    if (this.#done < list.length) return;
    slices.waiting.pop();
    slices.to = this.#end;
    if (this.#late) slices.keep(slice);
    else this.forget(slice);
    this.#stage = 'none';
  }

  #emitRunning(): void {
    const { cells } = this;
    const running = this.#running;
    const { list } = running;
    const until = this.#until(list);
    const stacks = running.others.length > 0;
    while (this.#done < until && !this.context.stopped) {
      const cell = list.at(this.#done++);
      const other = stacks ? running.stacked(cell) : cell;
      this.emit(cells.key(cell), this.#start, this.#end, cell, other, this.#pane());
    }
    if (this.#done === list.length) this.#emitted();
  }

  /** One row for each key that is alive. */
  #emitLive(): void {
    const { cells } = this;
    const { list } = this.#running;
    const until = this.#until(list);
    while (this.#done < until && !this.context.stopped) {
      const own = list.at(this.#done++);
      if (this.#running.since(cells.id(own)) >= this.#end) continue;
      const key = cells.key(own);
      const found = this.overlapping ? none : cells.find(key.id, this.#start);
      const cell = found === none ? own : found;
      if (this.paned) this.panes.begin(this.#end, key.id).index = 1;
      const other = this.overlapping ? this.#running.stacked(cell) : cell;
      this.emit(key, this.#start, this.#end, cell, other, this.#pane());
    }
    if (this.#done < list.length) return;
    this.#nextEmpty = this.grid.nextEnd(this.#end);
    this.slices.to = this.#end;
    this.#emitted();
  }

  /** How far in a list the rows that may still leave go. */
  #until(list: OrderedCells): number {
    const until = Math.min(list.length, this.#done + this.left);
    this.left -= until - this.#done;
    return until;
  }

  #emitted(): void {
    this.#done = 0;
    this.#stage = 'leave';
  }

  /** The slices that the next window does not have leave, so that they are gone as early as may be. */
  #leave(): void {
    const { slices } = this;
    const from = this.grid.startOf(this.grid.nextEnd(this.#end));
    const slice = this.overlapping ? slices.within.first : slices.waiting.first;
    if (slice === undefined || slice.start >= from) {
      this.left = this.#running.settle(this.left);
      if (this.left > 0) this.#stage = 'none';
      return;
    }
    const { cells, length } = slice.cells;
    const until = Math.min(length, this.#done + this.left);
    this.left -= until - this.#done;
    if (this.overlapping) {
      const all = from >= this.#end;
      for (let index = this.#done; index < until; index++) {
        const cell = cells[index] as number;
        this.#running.leave(cell, all, this.#end);
        if (!this.#late) this.cells.remove(cell);
      }
    }
    this.#done = until;
    if (until < length) return;
    this.#done = 0;
    if (this.overlapping) slices.within.pop();
    else slices.waiting.pop();
    if (this.overlapping && !this.#late) this.forget(slice);
    else slices.keep(slice);
  }

  /** The windows of a slice that have fired and are still kept, by end; and how many rows the key has had of each. */
  #fired(key: Key, start: number, isNew: boolean): [end: number, before: number][] {
    const { cells, grid, now } = this;
    const fired: [number, number][] = [];
    for (let end = grid.firstEnd(start); end - 1 <= now && end <= grid.lastEnd(start); end = grid.nextEnd(end)) {
      if (end - 1 + this.settings.latenessMs <= now) continue;
      const state = this.panes.of(end, key.id);
      // Who had a record in the window before it fired had a row then, and no state was made for that.
      const had = !this.#empty && (!isNew || cells.findWithin(key.id, grid.startOf(end), end) !== none);
      fired.push([end, state?.index ?? (had ? 1 : 0)]);
    }
    return fired;
  }

  #emitLate(key: Key, end: number, before: number, slice: number): void {
    const start = this.grid.startOf(end);
    this.panes.begin(end, key.id).index = before + 1;
    const cell = this.settings.discarding ? this.#single : this.overlapping ? this.#combined(key, start, end) : slice;
    this.emit(key, start, end, cell, cell, { timing: 'late', index: before });
  }

  /** What the key's slices of a window make together. */
  #combined(key: Key, start: number, end: number): number {
    const { cells, reader } = this;
    const into = (this.#together = this.#together === none ? cells.allocate(key) : this.#together);
    reader.clear(into);
    let cell = cells.findWithin(key.id, start, end);
    for (let older = cells.older(cell); older !== none && cells.start(older) >= start; older = cells.older(cell)) {
      cell = older;
    }
    for (; cell !== none && cells.start(cell) < end; cell = cells.newer(cell)) reader.merge(into, cell);
    return into;
  }

  #pane(): { readonly timing: 'on-time'; readonly index: number } | undefined {
    return this.paned ? { timing: 'on-time', index: 0 } : undefined;
  }
}
