import type { Accumulators } from '../../core/accumulators.ts';
import { grown, moreInts } from '../../core/columns.ts';
import type { Key, KeyTable } from '../../core/key.ts';
import { FrozenCells } from './frozen-cells.ts';
import type { CellRanks } from './ordered-cells.ts';

export const none = -1;
/** In place of a key's id. */
const buried = -1;

/** What stands side by side of a cell: its key's id, and the key's cells of the slices before and behind. One is for others, 0 at first. */
const idAt = 0;
const olderAt = 1;
const newerAt = 2;
const othersAt = 3;
const linkWidth = 4;
/**
 * What stands side by side of a key: its last cell of the even slices and of the odd ones, and one that is for others; each plus
 * one, 0 is none.
 */
const oddAt = 1;
export const ownAt = 2;
export const headWidth = 3;
/** So many slices do not change whether one is odd, and hardly a time comes to less than nothing with them. */
const evenSlices = 2 ** 33;
/** Columns become larger, one after the other, while the last of so many parts of the room is filled. */
const growAhead = 32;

/**
 * The running results of every key and slice: one cell each, in columns. A key's cells hang together in the order of their
 * slices. Further cells, without a slice, hold what several of them make together; their links are free for whoever made them.
 */
export class SliceCells implements CellRanks {
  readonly accumulators: readonly Accumulators[];
  readonly table: KeyTable;
  /** By cell, four of each: see above. */
  links: Int32Array = new Int32Array(0);
  /** By cell: the slot of its slice. */
  #slots: Int32Array = new Int32Array(0);
  /** By slot, two of each: where a slice starts and ends. There are few. */
  #borders: Float64Array = new Float64Array(0);
  readonly #freeSlots: number[] = [];
  #usedSlots = 0;
  /** By key, three of each: see above. */
  heads: Int32Array = new Int32Array(0);
  #orders: Float64Array = new Float64Array(0);
  /** The list that has its ranks in `ranks`. */
  sorting: object | undefined;
  ranks: Float64Array = new Float64Array(0);
  readonly #free: number[] = [];
  #used = 0;
  /** All columns have room for cells below this. */
  #room = 0;
  /** So many columns have room for twice as many. */
  #larger = 0;
  /** The cell at which the next column is made larger. */
  #growAt = 0;

  /** Slices a ms; 0 where they are not all of the same length: then they all count as even. */
  readonly #rate: number;
  readonly #phase: number;

  /** `length` and `offset` of the slices, where they are all of the same length. */
  constructor(table: KeyTable, accumulators: readonly Accumulators[], length: number, offset: number) {
    this.table = table;
    this.accumulators = accumulators;
    this.#rate = 1 / length;
    // In the middle of a ms: a quotient that is rounded must not come to the slice before.
    this.#phase = (0.5 - offset) / length + evenSlices;
  }

  /** The key's cell of the last slice, or -1. */
  newest(id: number): number {
    const at = id * headWidth;
    if (at >= this.heads.length) return none;
    const even = (this.heads[at] as number) - 1;
    const odd = (this.heads[at + oddAt] as number) - 1;
    if (even === none || odd === none) return even === none ? odd : even;
    return this.start(even) > this.start(odd) ? even : odd;
  }

  /**
   * 0 or 1: whether the slice of this time counts as odd. What is wrong is looked for as well, only slower: fractions of a ms, the
   * last ms of long slices, times long before 1970.
   */
  #parity(at: number): number {
    return (at * this.#rate + this.#phase) & 1;
  }

  id(cell: number): number {
    return this.links[cell * linkWidth] as number;
  }

  older(cell: number): number {
    return this.links[cell * linkWidth + olderAt] as number;
  }

  newer(cell: number): number {
    return this.links[cell * linkWidth + newerAt] as number;
  }

  start(cell: number): number {
    return this.#borders[2 * (this.#slots[cell] as number)] as number;
  }

  end(cell: number): number {
    return this.#borders[2 * (this.#slots[cell] as number) + 1] as number;
  }

  /**
   * The key's cell that a record of this time goes into, if it is the last or the one before, and ends behind `closed`; or -1.
   * Which of the two is computed, not looked for: out of order they come by turns, and a processor could not foresee which.
   */
  recent(id: number, timestamp: number, closed: number): number {
    // The parity, written out: for every record, where each call counts.
    const at = id * headWidth + ((timestamp * this.#rate + this.#phase) & 1);
    if (at >= this.heads.length) return none;
    const cell = (this.heads[at] as number) - 1;
    if (cell === none) return none;
    const borders = this.#borders;
    const place = 2 * (this.#slots[cell] as number);
    const end = borders[place + 1] as number;
    return timestamp < end && end > closed && timestamp >= (borders[place] as number) ? cell : none;
  }

  /** A number for a slice, to be given back when its cells are gone. */
  openSlot(start: number, end: number): number {
    const slot = this.#freeSlots.pop() ?? this.#usedSlots++;
    if (2 * slot >= this.#borders.length) this.#borders = grown(this.#borders, Math.max(32, 4 * slot));
    this.#borders[2 * slot] = start;
    this.#borders[2 * slot + 1] = end;
    return slot;
  }

  closeSlot(slot: number): void {
    this.#freeSlots.push(slot);
  }

  /** The key's cell of the slice that starts there, or -1. */
  find(id: number, start: number): number {
    for (let cell = this.newest(id); cell !== none; cell = this.older(cell)) {
      const at = this.start(cell);
      if (at <= start) return at === start ? cell : none;
    }
    return none;
  }

  /** The key's last cell within [start, end), or -1. */
  findWithin(id: number, start: number, end: number): number {
    let cell = this.newest(id);
    while (cell !== none && this.start(cell) >= end) cell = this.older(cell);
    return cell !== none && this.start(cell) >= start ? cell : none;
  }

  /** An empty cell for the key in the slice of this slot; of several in the same slice it is the newest. */
  add(key: Key, slot: number): number {
    const cell = this.allocate(key);
    this.#slots[cell] = slot;
    const start = this.#borders[2 * slot] as number;
    let newer = none;
    let older = this.newest(key.id);
    if (older === none) this.hold(key);
    while (older !== none && this.start(older) > start) {
      newer = older;
      older = this.older(older);
    }
    const { links } = this;
    links[cell * linkWidth + olderAt] = older;
    links[cell * linkWidth + newerAt] = newer;
    links[cell * linkWidth + othersAt] = 0;
    if (older !== none) links[older * linkWidth + newerAt] = cell;
    if (newer !== none) links[newer * linkWidth + olderAt] = cell;
    const at = key.id * headWidth + this.#parity(start);
    const last = (this.heads[at] as number) - 1;
    if (last === none || this.start(last) <= start) this.heads[at] = cell + 1;
    return cell;
  }

  remove(cell: number): void {
    this.unlink(cell);
    this.free(cell);
  }

  /** Marks a cell that is nobody's any more, but stands in a list, which will free it. */
  bury(cell: number): void {
    this.links[cell * linkWidth] = buried;
  }

  freeBuried(cell: number): boolean {
    if (this.links[cell * linkWidth] !== buried) return false;
    this.free(cell);
    return true;
  }

  /** Takes a cell out of those of its key. */
  unlink(cell: number): void {
    const { links, heads } = this;
    const at = cell * linkWidth;
    const id = links[at + idAt] as number;
    const older = links[at + olderAt] as number;
    const newer = links[at + newerAt] as number;
    if (older !== none) links[older * linkWidth + newerAt] = newer;
    if (newer !== none) links[newer * linkWidth + olderAt] = older;
    const head = id * headWidth;
    if (heads[head] === cell + 1) heads[head] = this.#lastUpTo(older, 0) + 1;
    else if (heads[head + oddAt] === cell + 1) heads[head + oddAt] = this.#lastUpTo(older, 1) + 1;
    if (older === none && newer === none) this.table.release(this.table.at(id));
  }

  /** The last cell from this one on, towards older ones, of the even or the odd slices. */
  #lastUpTo(cell: number, parity: number): number {
    let last = cell;
    while (last !== none && this.#parity(this.start(last)) !== parity) last = this.older(last);
    return last;
  }

  /** The key has state from now on, and a rank. */
  hold(key: Key): void {
    this.table.hold(key);
    this.#orders[key.id] = key.order;
  }

  /** An empty cell of the key that belongs to no slice. */
  allocate(key: Key): number {
    const { id } = key;
    if (id * headWidth >= this.heads.length) this.#growKeys(id);
    const cell = this.#free.pop() ?? this.#used++;
    if (cell >= this.#growAt) this.#grow(cell);
    this.links[cell * linkWidth] = id;
    this.clear(cell);
    return cell;
  }

  free(cell: number): void {
    this.#free.push(cell);
  }

  clear(cell: number): void {
    const { accumulators } = this;
    for (let index = 0; index < accumulators.length; index++) (accumulators[index] as Accumulators).clear(cell);
  }

  /** The state of all cells as it is now. */
  freeze(): FrozenCells {
    return new FrozenCells(this.accumulators, this.#used);
  }

  /** The ids of the keys of these cells. */
  idsOf(cells: ArrayLike<number>): Int32Array<ArrayBuffer> {
    const ids = new Int32Array(cells.length);
    for (let index = 0; index < cells.length; index++) ids[index] = this.id(cells[index] as number);
    return ids;
  }

  key(cell: number): Key {
    return this.table.at(this.id(cell));
  }

  rank(cell: number): number {
    return this.#orders[this.id(cell)] as number;
  }

  #growKeys(id: number): void {
    const keys = Math.max(64, 2 * this.#orders.length, id + 1);
    this.heads = moreInts(this.heads, headWidth * keys);
    this.#orders = grown(this.#orders, keys);
  }

  /**
   * Makes room for the cell. Of a large table one column at a time is made larger, a little before that is needed: to copy them
   * all at one moment would be a long pause.
   */
  #grow(cell: number): void {
    const columns = 2 + this.accumulators.length;
    while (cell >= this.#growAt) {
      const larger = Math.max(64, 2 * this.#room);
      this.#growColumn(this.#larger++, larger);
      if (this.#larger === columns) {
        this.#room = larger;
        this.#larger = 0;
      }
      const ahead = Math.floor(this.#room / growAhead / columns) * (columns - 1 - this.#larger);
      this.#growAt = this.#room - ahead;
    }
  }

  #growColumn(column: number, room: number): void {
    if (column === 0) this.links = moreInts(this.links, room * linkWidth);
    else if (column === 1) this.#slots = moreInts(this.#slots, room);
    else (this.accumulators[column - 2] as Accumulators).grow(room);
  }
}
