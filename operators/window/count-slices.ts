import { grown } from '../../core/columns.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { InputReader } from './input-reader.ts';

const none = -1;

/**
 * The slices of each key, a cell each, in the order in which their records came. Windows that overlap are kept as two
 * stacks: of the older slices each holds what is in it and in all behind it, up to where the younger ones begin, and one cell
 * more holds the younger ones together. A window is the first of these and the last; a slice costs three merges in its life.
 */
export class CountSlices {
  readonly #reader: InputReader;
  /** By cell, as the columns that follow: how many records it has. */
  #sizes: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** Between which times they lie; of an older slice with those behind it. */
  #oldest: Float64Array<ArrayBuffer> = new Float64Array(0);
  #newest: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** Neighbours of the same key: the slice before, the slice behind. */
  #before: Int32Array<ArrayBuffer> = new Int32Array(0);
  #behind: Int32Array<ArrayBuffer> = new Int32Array(0);
  readonly #free: number[] = [];
  #used = 0;
  /** By key, as the columns that follow; -1 where there is none: the first slice. */
  #first: Int32Array<ArrayBuffer> = new Int32Array(0);
  #last: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** The first of the younger ones. */
  #young: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** What the younger ones hold together, but for one that is not full. */
  #together: Int32Array<ArrayBuffer> = new Int32Array(0);
  readonly #scratch: number;

  constructor(reader: InputReader) {
    this.#reader = reader;
    this.#scratch = this.#cell();
  }

  grow(capacity: number): void {
    this.#first = moreInts(this.#first, capacity, none);
    this.#last = moreInts(this.#last, capacity, none);
    this.#young = moreInts(this.#young, capacity, none);
    this.#together = moreInts(this.#together, capacity, none);
  }

  /** The key's slice that came last, or -1. */
  last(id: number): number {
    return this.#last[id] as number;
  }

  /** A new slice behind the key's others. */
  open(id: number): number {
    const cell = this.#cell();
    const last = this.#last[id] as number;
    this.#before[cell] = last;
    if (last === none) this.#first[id] = cell;
    else this.#behind[last] = cell;
    this.#last[id] = cell;
    if (this.#young[id] === none) this.#young[id] = cell;
    return cell;
  }

  /** Says that a record has been added to a slice. */
  count(cell: number, timestamp: number): void {
    this.#sizes[cell] = (this.#sizes[cell] as number) + 1;
    if (timestamp < (this.#oldest[cell] as number)) this.#oldest[cell] = timestamp;
    if (timestamp > (this.#newest[cell] as number)) this.#newest[cell] = timestamp;
  }

  /** The key's last slice is full. */
  fill(id: number): void {
    if (this.#together[id] === none) this.#together[id] = this.#cell();
    this.#merge(this.#together[id] as number, this.#last[id] as number);
  }

  /** A cell with all slices of the key; `filled` says whether the last one is. It holds until the next call. */
  window(id: number, filled: boolean): number {
    const scratch = this.#scratch;
    this.#clear(scratch);
    const first = this.#first[id] as number;
    if (first !== this.#young[id]) this.#merge(scratch, first);
    if (this.#together[id] !== none) this.#merge(scratch, this.#together[id] as number);
    if (!filled) this.#merge(scratch, this.#last[id] as number);
    return scratch;
  }

  oldest(cell: number): number {
    return this.#oldest[cell] as number;
  }

  newest(cell: number): number {
    return this.#newest[cell] as number;
  }

  /** Drops the first slices, which hold so many records. All must be full. */
  drop(id: number, records: number): void {
    let left = records;
    let turned = false;
    while (left > 0) {
      const first = this.#first[id] as number;
      if (first === this.#young[id]) turned = true;
      left -= this.#sizes[first] as number;
      const next = first === this.#last[id] ? none : (this.#behind[first] as number);
      this.#first[id] = next;
      if (turned) this.#young[id] = next;
      this.#release(first);
    }
    if (turned) this.#turn(id);
  }

  /** Drops all slices of the key. */
  end(id: number): void {
    for (let cell = this.#first[id] as number; cell !== none;) {
      const next = this.#next(id, cell);
      this.#release(cell);
      cell = next;
    }
    if (this.#together[id] !== none) this.#release(this.#together[id] as number);
    for (const column of [this.#first, this.#last, this.#young, this.#together]) column[id] = none;
  }

  /** The state of these keys, in their order, as one table of keys and one of slices. */
  snapshot(ids: readonly number[]): Piece {
    const cells: number[] = [];
    const slices = new Int32Array(ids.length);
    const young = new Int32Array(ids.length);
    ids.forEach((id, index) => {
      const before = cells.length;
      for (let cell = this.#first[id] as number; cell !== none; cell = this.#next(id, cell)) {
        if (cell === this.#young[id]) young[index] = cells.length - before;
        cells.push(cell);
      }
      slices[index] = cells.length - before;
      if (this.#young[id] === none) young[index] = slices[index];
    });
    return {
      slices,
      young,
      sizes: Int32Array.from(cells, (cell) => this.#sizes[cell] as number),
      oldest: Float64Array.from(cells, (cell) => this.#oldest[cell] as number),
      newest: Float64Array.from(cells, (cell) => this.#newest[cell] as number),
      accumulators: this.#reader.accumulators.map((each) => each.snapshot(cells)),
    };
  }

  /** `filled`: by key, whether its last slice is full. */
  restore(ids: readonly number[], filled: readonly boolean[], piece: Piece): void {
    const column = (name: string): ArrayLike<number> => piece[name] as ArrayLike<number>;
    const lists = ids.map((id, index) => {
      return Array.from({ length: column('slices')[index] as number }, () => this.open(id));
    });
    const cells = lists.flat();
    cells.forEach((cell, index) => {
      this.#sizes[cell] = column('sizes')[index] as number;
      this.#oldest[cell] = column('oldest')[index] as number;
      this.#newest[cell] = column('newest')[index] as number;
    });
    this.#reader.accumulators.forEach((each, index) => {
      each.restore(cells, (piece['accumulators'] as Piece[])[index] as Piece);
    });
    ids.forEach((id, index) => {
      const younger = (lists[index] as number[]).slice(column('young')[index]);
      this.#young[id] = younger[0] ?? none;
      const full = filled[index] === true ? younger : younger.slice(0, -1);
      if (full.length > 0) this.#together[id] = this.#cell();
      for (const cell of full) this.#merge(this.#together[id] as number, cell);
    });
  }

  #next(id: number, cell: number): number {
    return cell === this.#last[id] ? none : (this.#behind[cell] as number);
  }

  /** The younger ones become the older ones. */
  #turn(id: number): void {
    const first = this.#first[id] as number;
    if (this.#together[id] !== none) this.#release(this.#together[id] as number);
    this.#together[id] = none;
    this.#young[id] = none;
    if (first === none) {
      this.#last[id] = none;
      return;
    }
    for (let cell = this.#last[id] as number; cell !== first; cell = this.#before[cell] as number) {
      this.#merge(this.#before[cell] as number, cell);
    }
  }

  #merge(into: number, from: number): void {
    this.#oldest[into] = Math.min(this.#oldest[into] as number, this.#oldest[from] as number);
    this.#newest[into] = Math.max(this.#newest[into] as number, this.#newest[from] as number);
    this.#reader.merge(into, from);
  }

  #cell(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const cell = this.#used++;
    if (cell >= this.#sizes.length) {
      const capacity = Math.max(16, 2 * cell);
      this.#sizes = moreInts(this.#sizes, capacity, 0);
      this.#before = moreInts(this.#before, capacity, none);
      this.#behind = moreInts(this.#behind, capacity, none);
      this.#oldest = grown(this.#oldest, capacity);
      this.#newest = grown(this.#newest, capacity);
      this.#reader.grow(capacity);
    }
    this.#clear(cell);
    return cell;
  }

  #release(cell: number): void {
    this.#clear(cell);
    this.#free.push(cell);
  }

  #clear(cell: number): void {
    this.#sizes[cell] = 0;
    this.#oldest[cell] = Number.POSITIVE_INFINITY;
    this.#newest[cell] = Number.NEGATIVE_INFINITY;
    this.#reader.clear(cell);
  }
}

function moreInts(column: Int32Array, capacity: number, empty: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity).fill(empty, column.length);
  larger.set(column);
  return larger;
}
