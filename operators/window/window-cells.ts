import type { Accumulators } from '../../core/accumulators.ts';
import type { Key, KeyTable } from '../../core/key.ts';
import type { Piece } from '../../core/snapshot.ts';

const none = -1;

/**
 * The running results of every key and open window: one cell each, in columns. A key's cells hang together, the one used
 * last in front, for most records fall into the window of the record before.
 */
export class WindowCells {
  /** By cell. */
  starts: Float64Array<ArrayBuffer> = new Float64Array(0);
  #keys: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** By cell: the key's next one. */
  #others: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** By key: the cell used last, plus one: 0 is none. */
  #recent: Int32Array<ArrayBuffer> = new Int32Array(0);
  readonly #free: number[] = [];
  #used = 0;
  readonly #table: KeyTable;
  readonly #accumulators: readonly Accumulators[];

  constructor(table: KeyTable, accumulators: readonly Accumulators[]) {
    this.#table = table;
    this.#accumulators = accumulators;
  }

  /** The cell that the key used last, or -1. */
  recent(key: Key): number {
    const { id } = key;
    return id < this.#recent.length ? (this.#recent[id] as number) - 1 : none;
  }

  /** The key's cell of the window that starts there, or -1; it is the recent one from now on. */
  find(key: Key, start: number): number {
    let before = none;
    for (let cell = this.recent(key); cell !== none; cell = this.#others[cell] as number) {
      if (this.starts[cell] === start) {
        if (before !== none) this.#toFront(key, cell, before);
        return cell;
      }
      before = cell;
    }
    return none;
  }

  /** An empty cell for the key's window that starts there. */
  add(key: Key, start: number): number {
    if (key.id >= this.#recent.length) this.#recent = moreInts(this.#recent, key.id);
    const cell = this.#free.pop() ?? this.#used++;
    if (cell >= this.starts.length) this.#grow(cell);
    const recent = this.recent(key);
    if (recent === none) this.#table.hold(key);
    this.starts[cell] = start;
    this.#keys[cell] = key.id;
    this.#others[cell] = recent;
    this.#recent[key.id] = cell + 1;
    for (const each of this.#accumulators) each.clear(cell);
    return cell;
  }

  key(cell: number): Key {
    return this.#table.at(this.#keys[cell] as number);
  }

  remove(cell: number): void {
    const key = this.key(cell);
    const next = this.#others[cell] as number;
    if (this.recent(key) === cell) this.#recent[key.id] = next + 1;
    else {
      let before = this.recent(key);
      while (this.#others[before] !== cell) before = this.#others[before] as number;
      this.#others[before] = next;
    }
    this.#free.push(cell);
    if (this.recent(key) === none) this.#table.release(key);
  }

  /** The state of these cells as one table, in their order. */
  snapshot(cells: readonly number[]): Piece {
    return {
      keys: Int32Array.from(cells, (cell) => this.#keys[cell] as number),
      starts: Float64Array.from(cells, (cell) => this.starts[cell] as number),
      accumulators: this.#accumulators.map((each) => each.snapshot(cells)),
    };
  }

  /** Makes cells from `snapshot`, and answers them in the same order. */
  restore({ keys, starts, accumulators }: Piece): number[] {
    const cells = Array.from(keys as Int32Array, (id, index) =>
      this.add(this.#table.at(id), (starts as Float64Array)[index] as number),
    );
    this.#accumulators.forEach((each, index) => each.restore(cells, (accumulators as Piece[])[index] as Piece));
    return cells;
  }

  #toFront(key: Key, cell: number, before: number): void {
    this.#others[before] = this.#others[cell] as number;
    this.#others[cell] = this.recent(key);
    this.#recent[key.id] = cell + 1;
  }

  #grow(cell: number): void {
    this.#keys = moreInts(this.#keys, cell);
    this.#others = moreInts(this.#others, cell);
    const capacity = this.#keys.length;
    const starts = new Float64Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    for (const each of this.#accumulators) each.grow(capacity);
  }
}

/** Room for `index`, and for as much again. */
function moreInts(column: Int32Array, index: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(16, 2 * column.length, index + 1));
  larger.set(column);
  return larger;
}
