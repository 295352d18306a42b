import { grown, moreInts, picked, pickedInts } from '../../core/columns.ts';
import type { Key, KeyTable } from '../../core/key.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { InputReader } from './input-reader.ts';

const none = -1;

/** The sessions of every key: one cell each, in columns. A key's cells hang together, the youngest in front; no two of them touch. */
export class SessionCells {
  /** By cell, as the columns that follow. */
  starts: Float64Array<ArrayBuffer> = new Float64Array(0);
  ends: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** When the first record came, in processing time: where somebody counts from there. */
  firsts: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** Records since the last firing: where windows fire more than once. */
  fresh: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** The index of the next pane: as before. */
  panes: Int32Array<ArrayBuffer> = new Int32Array(0);
  #keys: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** By cell: the key's next older one. */
  #older: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** By key: the youngest cell, plus one: 0 is none. */
  #youngest: Int32Array<ArrayBuffer> = new Int32Array(0);
  readonly #free: number[] = [];
  #used = 0;
  readonly #table: KeyTable;
  readonly #reader: InputReader;

  readonly #paned: boolean;
  readonly #ticks: boolean;

  /** `paned`: windows fire more than once. `ticks`: in processing time, every so often. */
  constructor(
    table: KeyTable,
    reader: InputReader,
    { paned, ticks }: { readonly paned: boolean; readonly ticks: boolean },
  ) {
    this.#paned = paned;
    this.#ticks = ticks;
    this.#table = table;
    this.#reader = reader;
  }

  /** The key's session that starts last, or -1. */
  youngest(key: Key): number {
    const { id } = key;
    return id < this.#youngest.length ? (this.#youngest[id] as number) - 1 : none;
  }

  /** The key's session before this one, or -1. */
  older(cell: number): number {
    return this.#older[cell] as number;
  }

  key(cell: number): Key {
    return this.#table.at(this.#keys[cell] as number);
  }

  /** An empty session of the key. */
  add(key: Key, start: number, end: number): number {
    if (key.id >= this.#youngest.length) this.#youngest = moreInts(this.#youngest, roomFor(this.#youngest, key.id));
    const cell = this.#free.pop() ?? this.#next();
    if (this.youngest(key) === none) this.#table.hold(key);
    this.starts[cell] = start;
    this.ends[cell] = end;
    this.fresh[cell] = 0;
    this.panes[cell] = 0;
    this.#keys[cell] = key.id;
    let before = none;
    let next = this.youngest(key);
    while (next !== none && (this.starts[next] as number) > start) {
      before = next;
      next = this.#older[next] as number;
    }
    this.#older[cell] = next;
    this.#link(key, before, cell);
    return cell;
  }

  /** Adds a session to another of the same key, and takes it out. */
  merge(into: number, from: number): void {
    this.starts[into] = Math.min(this.starts[into] as number, this.starts[from] as number);
    this.ends[into] = Math.max(this.ends[into] as number, this.ends[from] as number);
    this.firsts[into] = Math.min(this.firsts[into] as number, this.firsts[from] as number);
    this.fresh[into] = (this.fresh[into] as number) + (this.fresh[from] as number);
    this.panes[into] = Math.max(this.panes[into] as number, this.panes[from] as number);
    this.#reader.merge(into, from);
    this.remove(from);
  }

  remove(cell: number): void {
    const key = this.key(cell);
    let before = none;
    for (let each = this.youngest(key); each !== cell; each = this.#older[each] as number) before = each;
    this.#link(key, before, this.#older[cell] as number);
    this.#reader.clear(cell);
    this.#free.push(cell);
    if (this.youngest(key) === none) this.#table.release(key);
  }

  /** The state of these cells as one table, in their order. */
  snapshot(cells: readonly number[]): Piece {
    return {
      keys: pickedInts(this.#keys, cells),
      starts: picked(this.starts, cells),
      ends: picked(this.ends, cells),
      ...(this.#ticks ? { firsts: picked(this.firsts, cells) } : {}),
      ...(this.#paned ? { fresh: pickedInts(this.fresh, cells), panes: pickedInts(this.panes, cells) } : {}),
      accumulators: this.#reader.accumulators.map((each) => each.snapshot(cells)),
    };
  }

  /** Makes cells from `snapshot`, and answers them in the same order. */
  restore({ keys, starts, ends, firsts, fresh, panes, accumulators }: Piece): number[] {
    const cells = Array.from(keys as Int32Array, (id, index) => {
      const cell = this.add(this.#table.at(id), at(starts, index), at(ends, index));
      if (firsts !== undefined) this.firsts[cell] = at(firsts, index);
      if (fresh !== undefined) this.fresh[cell] = at(fresh, index);
      if (panes !== undefined) this.panes[cell] = at(panes, index);
      return cell;
    });
    this.#reader.accumulators.forEach((each, index) => {
      each.restore(cells, (accumulators as Piece[])[index] as Piece);
    });
    return cells;
  }

  /** Hangs a cell, or none, behind the one before, or in front. */
  #link(key: Key, before: number, cell: number): void {
    if (before === none) this.#youngest[key.id] = cell + 1;
    else this.#older[before] = cell;
  }

  /** A cell that nobody has had; those that somebody had are cleared when they are free. */
  #next(): number {
    const cell = this.#used++;
    if (cell >= this.#keys.length) this.#grow(cell);
    this.#reader.clear(cell);
    return cell;
  }

  #grow(cell: number): void {
    const capacity = roomFor(this.#keys, cell);
    this.#keys = moreInts(this.#keys, capacity);
    this.#older = moreInts(this.#older, capacity);
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
    if (this.#paned) this.fresh = moreInts(this.fresh, capacity);
    if (this.#paned) this.panes = moreInts(this.panes, capacity);
    if (this.#ticks) this.firsts = grown(this.firsts, capacity);
    this.#reader.grow(capacity);
  }
}

function at(column: unknown, index: number): number {
  return (column as ArrayLike<number>)[index] as number;
}

/** For `index`, and as much again as there was. */
function roomFor(column: Int32Array, index: number): number {
  return Math.max(16, 2 * column.length, index + 1);
}
