import type { Accumulators } from '../../core/accumulators.ts';
import { furthestMs } from '../../core/instants.ts';
import type { Key } from '../../core/key.ts';
import { Pieces } from '../../core/pieces.ts';
import { fireBudget, Processor, type Refusal } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { Watermarks } from '../../core/watermarks.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';
import type { Grid } from './assign.ts';
import type { FrozenCells } from './frozen-cells.ts';
import { gridOf, type GridRecipe, overlaps, slicesOf } from './grid-recipe.ts';
import { InputReader, noTimestamp } from './input-reader.ts';
import { OpenSlices, type OpenSlice } from './open-slices.ts';
import type { KeyWindows } from './limited-windows.ts';
import type { RecordReader, RecordTaker } from './record-reader.ts';
import { none, SliceCells } from './slice-cells.ts';
import type { Pane } from './window-options.ts';
import { WindowPanes } from './window-panes.ts';
import { windowRow, type WindowRowMaker } from './window-row.ts';
import { firesAgain, type WindowSettings } from './window-settings.ts';

export interface AlignedWindowRecipe {
  /** As the user calls it. */
  readonly name: string;
  readonly grid: GridRecipe;
  readonly settings: WindowSettings;
  readonly aggregates: readonly NamedAggregate[];
}

/**
 * Windows on a grid of time. Each record goes into one cell, that of its key and slice, whatever the overlap; mostly the
 * cell of the key's last slice or the one before, which are found by comparing. What to do when a window fires, and with a record for
 * which some window has fired already, is for those who extend this.
 */
export abstract class AlignedWindows extends Processor implements KeyWindows, RecordTaker {
  protected readonly settings: WindowSettings;
  protected readonly grid: Grid;
  /** Whether a window has more than one slice. */
  protected readonly overlapping: boolean;
  protected readonly reader: InputReader;
  protected readonly paned: boolean;
  protected readonly panes: WindowPanes = new WindowPanes();
  timestamp: number = Number.NaN;
  protected cells!: SliceCells;
  protected slices!: OpenSlices;
  /** All windows whose last moment is at or before this one have fired, or are about to. */
  protected now: number = Number.NEGATIVE_INFINITY;
  /** How much may still be done before the event loop has a turn: rows, mostly. */
  protected left = 0;
  /** Whether windows fire at their end only, and behind it. */
  protected readonly quick: boolean;
  readonly #recipe: AlignedWindowRecipe;
  readonly #fallible: boolean;
  readonly #records: RecordReader;
  readonly #processing: boolean;
  /** Whether a record may go into a cell and nothing else happens, as long as no window with it has fired. */
  readonly #plain: boolean;
  /** Slices that end there or before are closed to such records; all of them while windows fire. */
  #closed: number = Number.POSITIVE_INFINITY;
  #row!: WindowRowMaker;
  /** How many cells of the first of the kept slices are gone. */
  #dropped = 0;
  /** The slice that was looked for last, if it is open. */
  #hot: OpenSlice | undefined;
  readonly #latenessMs: number;
  /** The watermark at which something is due next. */
  #due: number = Number.POSITIVE_INFINITY;
  #watermark: number = Number.NEGATIVE_INFINITY;
  #firing = false;
  /** Whether the watermark has still to be passed on. */
  #passing = false;
  #idle: boolean | undefined;
  /** Where no step before gives the time: when the last of the source partitions has ended. */
  #partitions: Watermarks | undefined;

  constructor(recipe: AlignedWindowRecipe, parts: Parts, quick: boolean) {
    super();
    this.#recipe = recipe;
    this.settings = recipe.settings;
    this.#latenessMs = recipe.settings.latenessMs;
    this.quick = quick;
    this.grid = gridOf(recipe.grid);
    this.overlapping = overlaps(recipe.grid);
    this.paned = firesAgain(recipe.settings);
    this.reader = new InputReader(recipe.aggregates, parts);
    this.#records = this.reader.records;
    this.#fallible = this.reader.accumulators.some((each) => each.prepare !== undefined);
    this.#processing = recipe.settings.clock === 'processing';
    this.#plain = quick && !this.#fallible && !this.#processing;
    this.#close();
  }

  override open(): void {
    const keys = this.keys!;
    const { length, offset } = slicesOf(this.#recipe.grid);
    this.cells = new SliceCells(keys, this.reader.accumulators, length, offset);
    this.slices = new OpenSlices(this.grid, this.cells, this.settings.latenessMs, this.quick && this.overlapping);
    this.#row = windowRow(this.#recipe.name, keys.fields, this.#recipe.aggregates, this.reader.inputs, {
      panes: this.paned,
      others: this.apart(),
    });
    if (!this.context.isTimed(this)) this.#partitions = new Watermarks();
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const cell = this.cells.recent(key.id, timestamp, this.#closed);
    if (cell === none) {
      this.timestamp = timestamp;
      this.#place(value, key);
    } else this.#records.take(this, cell, value, timestamp);
  }

  override watermark(at: number): void {
    if (this.#partitions !== undefined) {
      this.#partitions.advance(this.context.slot, at);
      if (this.#partitions.merged !== Number.POSITIVE_INFINITY) {
        this.next.watermark(at);
        return;
      }
    }
    this.#watermark = at;
    if (!this.#processing || at === Number.POSITIVE_INFINITY) this.#moveTo(at);
    if (this.#firing) this.#passing = true;
    else if (!(this.now >= this.#due)) this.next.watermark(at);
    else {
      this.#passing = true;
      this.#goOn();
    }
  }

  /** Rows that have still to leave go first. */
  override idle(on: boolean): void {
    this.#partitions?.idle(this.context.slot, on);
    if (this.#firing) this.#idle = on;
    else this.next.idle(on);
  }

  override onTime(now: number): void {
    if (this.#processing && now - 1 > this.now) this.#moveTo(now - 1);
    this.#goOn();
  }

  override fire(budget: number): 'done' | 'more' {
    this.#firing = true;
    this.#close();
    this.left = budget;
    while (!this.context.stopped && this.goOn()) if (this.left <= 0) return 'more';
    this.#firing = false;
    this.#close();
    if (this.paned) this.dropPanes();
    this.look();
    if (this.#passing) this.next.watermark(this.#watermark);
    this.#passing = false;
    if (this.#idle !== undefined) this.next.idle(this.#idle);
    this.#idle = undefined;
    return 'done';
  }

  override snapshot(): Iterable<Piece> {
    const { cells } = this;
    const slices = this.slices.all();
    const all = cellsOf(slices);
    const keys = cells.idsOf(all);
    const frozen = cells.freeze();
    const columns = frozen.of(all);
    const more = this.more(all, frozen);
    const first = { now: this.now, to: this.slices.to };
    const table = {
      starts: Float64Array.from(slices, ({ start }) => start),
      dues: Float64Array.from(slices, ({ firstDue }) => firstDue),
      sizes: Int32Array.from(slices, (slice) => slice.cells.length),
    };
    return new Pieces(function* (): Generator<Piece> {
      yield first;
      if (slices.length > 0) yield table;
      yield* Pieces.cut(all.length, (from, until) => {
        return { keys: keys.slice(from, until), accumulators: columns(from, until) };
      });
      yield* more;
    });
  }

  override restore(pieces: Iterable<Piece>): void {
    const all: number[] = [];
    let slices: OpenSlice[] = [];
    let left: number[] = [];
    for (const piece of pieces) {
      if ('now' in piece) {
        this.#moveTo(piece['now'] as number);
        this.slices.to = piece['to'] as number;
      } else if ('dues' in piece) {
        slices = this.#restoreSlices(piece);
        left = [...(piece['sizes'] as Int32Array)];
      } else if ('keys' in piece && 'accumulators' in piece) this.#restoreCells(piece, slices, left, all);
      else this.takeUp(piece, all);
    }
    this.look();
  }

  /** Windows that stand side by side; of those that overlap, the slices that they share. The oldest first. */
  evict(id: number): Readonly<Record<string, unknown>> {
    const { cells, slices } = this;
    const ends = this.paned ? this.#endsOf(id) : [];
    const rows: Row[] = [];
    // Behind `leave` the panes are perhaps gone.
    for (let cell = cells.newest(id); cell !== none; cell = cells.older(cell)) {
      if (this.overlapping || !this.isBlank(cell)) rows.push(this.#part(cell));
    }
    this.leave(id, ends);
    for (let cell = cells.newest(id); cell !== none; cell = cells.newest(id)) {
      cells.unlink(cell);
      cells.bury(cell);
      slices.at(cells.start(cell))?.cells.drop();
    }
    this.panes.forget(id, ends);
    return { [this.overlapping ? 'slices' : 'windows']: rows.toReversed() };
  }

  /** Accumulators whose results do not stand in the cell that is fired. */
  protected abstract apart(): readonly Accumulators[];

  /**
   * Does a part of what is due, and takes what it costs from `left`; false when nothing is due any more.
   */
  protected abstract goOn(): boolean;

  /** The watermark at which something will be due; +Infinity where nothing is. */
  protected abstract nextDue(): number;

  /** A record for which a window has fired already, or that may fire one: `cell` is its cell, if it has one. */
  protected abstract settle(value: unknown, timestamp: number, key: Key, start: number, cell: number): void;

  /** Forgets what is kept of a key beside its cells, and the panes of windows with these ends. */
  protected abstract leave(id: number, ends: readonly number[]): void;

  /** Whether the next row of the cell's window, which is no other's, would hold nothing: all that there is has left. */
  protected isBlank(cell: number): boolean {
    return this.settings.discarding && this.cells.end(cell) - 1 <= this.now;
  }

  /** Pieces of the snapshot beside the slices, whose cells are `all`: frozen when it is called. */
  protected abstract more(all: Int32Array, frozen: FrozenCells): Iterable<Piece>;
  protected abstract takeUp(piece: Piece, all: readonly number[]): void;

  /** Something may be due at another time than before. */
  protected look(): void {
    this.#due = this.nextDue();
    if (this.#processing && this.#due < Number.POSITIVE_INFINITY) this.context.wakeAt(this, this.#due + 1);
  }

  /** The key's cell in the slice that starts there, empty. */
  protected addCell(key: Key, start: number): number {
    return this.#addTo(this.slices.at(start) ?? this.#openSlice(start), key);
  }

  #addTo(slice: OpenSlice, key: Key): number {
    const cell = this.cells.add(key, slice.slot);
    slice.cells.add(cell, key.order);
    if (this.settings.empty) this.met(key, slice.start);
    return cell;
  }

  #openSlice(start: number): OpenSlice {
    const slice = this.slices.open(start, this.now);
    this.#hot = slice;
    this.opened(slice);
    this.look();
    return slice;
  }

  /** With `empty`: a key has a cell in the slice that starts there. */
  protected abstract met(key: Key, start: number): void;

  /** A slice has its first cell. */
  protected opened(_slice: OpenSlice): void {}

  /** Why the user's own code cannot take a record; it has been rejected then. */
  protected fails(cell: number, value: unknown, timestamp: number): boolean {
    return this.#fallible && this.#fails(cell, value, timestamp);
  }

  protected emit(key: Key, start: number, end: number, cell: number, other: number, pane: Pane | undefined): void {
    const row = this.#row(key, start, end, cell, pane, other);
    this.counts.made++;
    this.next.record(row, end - 1, key);
  }

  /** Takes the cells of kept slices away, when no record can come for them any more; false where there is none to take. */
  protected dropKept(): boolean {
    const { slices } = this;
    if (!(slices.nextDrop <= this.now)) return false;
    const slice = slices.kept.first as OpenSlice;
    const { cells, length } = slice.cells;
    const until = Math.min(length, this.#dropped + this.left);
    this.left -= until - this.#dropped;
    for (; this.#dropped < until; this.#dropped++) this.cells.remove(cells[this.#dropped] as number);
    if (until < length) return true;
    this.#dropped = 0;
    slices.kept.pop();
    this.forget(slice);
    return true;
  }

  /** Of a slice whose cells are gone. */
  protected forget(slice: OpenSlice): void {
    this.slices.drop(slice);
    if (this.#hot === slice) this.#hot = undefined;
  }

  /** Forgets what has become of windows that no record can come for any more. */
  protected dropPanes(): void {
    this.panes.drop(this.now + 1 - this.settings.latenessMs);
  }

  /** What is not usual, in one piece that is too long for the compiler to put it where it is called. */
  #place(value: unknown, key: Key): void {
    const { timestamp } = this;
    if (this.#firing) this.#fireAll();
    const refusal = this.#records.refusal(value);
    if (refusal !== undefined) {
      this.refuse(value, timestamp, refusal);
      return;
    }
    const at = this.#processing ? this.#moment() : timestamp;
    let hot = this.#hot;
    let start: number;
    if (hot !== undefined && at >= hot.start && at < hot.end) start = hot.start;
    else {
      start = Math.abs(at) <= furthestMs ? this.grid.sliceStart(at) : Number.NaN;
      hot = this.slices.at(start);
      if (hot !== undefined) this.#hot = hot;
    }
    if (start !== start) {
      this.refuse(value, timestamp, noTimestamp(value));
      return;
    }
    const { now } = this;
    const last = hot === undefined ? this.grid.lastEnd(start) : hot.lastEnd;
    if (last - 1 + this.#latenessMs <= now) {
      const rule = `later than the watermark ${now}, or in a window that is still open`;
      this.refuse(value, timestamp, { kind: 'late', rule, received: timestamp });
      return;
    }
    const found = this.cells.find(key.id, start);
    if (!this.quick || (hot === undefined ? this.grid.firstEnd(start) : hot.firstEnd) - 1 <= now) {
      this.settle(value, timestamp, key, start, found);
      return;
    }
    if (this.fails(found, value, timestamp)) return;
    const cell = found === none ? this.#addTo(hot ?? this.#openSlice(start), key) : found;
    this.counts.absorbed++;
    this.#records.add(cell, value, timestamp);
  }

  refuse(value: unknown, timestamp: number, refusal: Refusal): void {
    this.context.reject(this, value, timestamp, refusal);
  }

  /** The ends of the windows of which the key may have a pane. */
  #endsOf(id: number): readonly number[] {
    if (this.settings.empty) return [...this.panes.ends];
    const { cells, grid } = this;
    const ends = new Set<number>();
    for (let cell = cells.newest(id); cell !== none; cell = cells.older(cell)) {
      const start = cells.start(cell);
      for (let end = grid.firstEnd(start); end <= grid.lastEnd(start); end = grid.nextEnd(end)) ends.add(end);
    }
    return [...ends];
  }

  /** A cell as a row, which where windows do not overlap is one that its window might give next. */
  #part(cell: number): Row {
    const { cells } = this;
    const key = cells.key(cell);
    const end = cells.end(cell);
    const isOver = end - 1 <= this.now;
    const index = this.panes.of(end, key.id)?.index ?? (isOver && !this.settings.empty ? 1 : 0);
    const pane: Pane = { timing: isOver ? 'late' : 'early', index };
    return this.#row(key, cells.start(cell), end, cell, this.paned && !this.overlapping ? pane : undefined, cell);
  }

  /** Somebody upstream emits in a loop and moves the time in between: what is due leaves before the record comes in. */
  #fireAll(): void {
    while (this.fire(fireBudget) === 'more');
  }

  #fails(cell: number, value: unknown, timestamp: number): boolean {
    const failure = this.reader.failure(cell, value, timestamp);
    if (failure === undefined) return false;
    this.context.reject(this, value, timestamp, failure);
    return true;
  }

  #moveTo(now: number): void {
    this.now = now;
    this.#close();
  }

  #close(): void {
    this.#closed = this.#plain && !this.#firing ? this.now + 1 : Number.POSITIVE_INFINITY;
  }

  /** The clock may have been set back: windows that have fired stay closed. */
  #moment(): number {
    return Math.max(this.context.clock.now(), this.now + 1);
  }

  #goOn(): void {
    if (!this.#firing && this.fire(fireBudget) === 'more') this.context.unfinished(this);
  }

  #restoreSlices({ starts, dues }: Piece): OpenSlice[] {
    return Array.from(starts as Float64Array, (start, index) => {
      const slice = this.slices.restore(start, (dues as Float64Array)[index] as number, this.now);
      this.opened(slice);
      return slice;
    });
  }

  /** The cells of some slices: of the first `slices`, of which `left` cells have still to come. */
  #restoreCells({ keys, accumulators }: Piece, slices: OpenSlice[], left: number[], all: number[]): void {
    const some = Array.from(keys as Int32Array, (id) => {
      while (left[0] === 0) {
        slices.shift();
        left.shift();
      }
      left[0] = (left[0] as number) - 1;
      const slice = slices[0] as OpenSlice;
      const key = this.keys!.at(id);
      const cell = this.cells.add(key, slice.slot);
      slice.cells.add(cell, key.order);
      return cell;
    });
    this.cells.accumulators.forEach((each, index) => each.restore(some, (accumulators as Piece[])[index] as Piece));
    for (const cell of some) all.push(cell);
  }
}

function cellsOf(slices: readonly OpenSlice[]): Int32Array {
  const all = new Int32Array(slices.reduce((sum, slice) => sum + slice.cells.length, 0));
  let at = 0;
  for (const { cells: list } of slices) {
    all.set(list.cells.subarray(0, list.length), at);
    at += list.length;
  }
  return all;
}
