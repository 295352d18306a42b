import type { Accumulators } from '../../core/accumulators.ts';
import { grown, picked } from '../../core/columns.ts';
import type { Key } from '../../core/key.ts';
import { Pieces } from '../../core/pieces.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { FrozenCells } from './frozen-cells.ts';
import { OrderedCells } from './ordered-cells.ts';
import { headWidth, none, ownAt, type SliceCells } from './slice-cells.ts';

/** Of the links of a key's own cell: how many slices it has within, and the oldest of the front, plus one. */
const countAt = 1;
const frontAt = 2;
/** Of the links of a slice's cell: its second cell, plus one. */
const sumAt = 3;
const width = 4;

/**
 * For each key what the slices within the current window make together, carried from window to window. Of an aggregate that
 * can be inverted it is one cell: what enters is merged in, what leaves is subtracted. The others keep two stacks: this cell
 * has what has entered since the front was built; each slice of the front has a second cell, with itself and those behind it
 * up to there, and leaves by itself.
 */
export class RunningCells {
  /** The cells of the keys that have one, to be read in the order of the keys. */
  readonly list: OrderedCells;
  /** Those that keep two stacks. */
  readonly others: readonly Accumulators[];
  readonly #cells: SliceCells;
  readonly #all: readonly Accumulators[];
  readonly #invertible: readonly Accumulators[];
  /** Whether a key keeps its cell when no slice of its is left. */
  readonly #lasting: boolean;
  /** For a front and a back together. */
  #both: number = none;
  #ended = 0;
  /** By key, where it keeps its cell: from when on it is alive. */
  #since: Float64Array = new Float64Array(0);

  constructor(cells: SliceCells, lasting: boolean) {
    this.#cells = cells;
    this.#lasting = lasting;
    this.#all = cells.accumulators;
    this.#invertible = cells.accumulators.filter((each) => each.subtract !== undefined);
    this.others = cells.accumulators.filter((each) => each.subtract === undefined);
    this.list = new OrderedCells(cells);
  }

  /** The key's cell, or -1. */
  of(id: number): number {
    const { heads } = this.#cells;
    const at = id * headWidth + ownAt;
    return at < heads.length ? (heads[at] as number) - 1 : none;
  }

  /** The key's cell, made if need be. */
  begin(key: Key): number {
    const known = this.of(key.id);
    if (known !== none) return known;
    const cells = this.#cells;
    const cell = cells.allocate(key);
    cells.heads[key.id * headWidth + ownAt] = cell + 1;
    cells.links[cell * width + countAt] = 0;
    cells.links[cell * width + frontAt] = 0;
    if (this.#lasting) cells.hold(key);
    this.list.add(cell, key.order);
    return cell;
  }

  /** Where keys keep their cells: from this time on the key is alive, if it was not before. */
  met(key: Key, start: number): void {
    const isNew = this.of(key.id) === none;
    if (isNew) this.begin(key);
    if (key.id >= this.#since.length) this.#since = grown(this.#since, Math.max(16, 2 * key.id));
    if (isNew || start < (this.#since[key.id] as number)) this.#since[key.id] = start;
  }

  /** From when on the key is alive. */
  since(id: number): number {
    return this.#since[id] as number;
  }

  /** Takes in a slice's cell, younger than all those within. */
  enter(cell: number): void {
    const cells = this.#cells;
    const found = this.of(cells.id(cell));
    const into = found === none ? this.begin(cells.key(cell)) : found;
    const { links } = cells;
    links[into * width + countAt] = (links[into * width + countAt] as number) + 1;
    const all = this.#all;
    for (let index = 0; index < all.length; index++) (all[index] as Accumulators).merge(into, cell);
  }

  /**
   * What came into a slice within, as a cell of its own; `isNew`: the slice's cell has been made for it. `to`: the end of what
   * is within.
   */
  enterLate(cell: number, from: number, isNew: boolean, to: number): void {
    const cells = this.#cells;
    const into = this.begin(cells.key(cell));
    for (const each of this.#invertible) each.merge(into, from);
    if (isNew) {
      const { links } = cells;
      links[into * width + countAt] = (links[into * width + countAt] as number) + 1;
      this.#joinFront(cell, into, to);
    }
    if (this.others.length === 0) return;
    if (this.#sumOf(cell) === none) {
      for (const each of this.others) each.merge(into, from);
      return;
    }
    for (let each = cell; each !== none; each = cells.older(each)) {
      const sum = this.#sumOf(each);
      if (sum === none) return;
      for (const other of this.others) other.merge(sum, from);
    }
  }

  /** Lets go of a slice's cell, the oldest of its key within. `all`: those of every key leave. */
  leave(cell: number, all: boolean, to: number): void {
    const cells = this.#cells;
    const { links } = cells;
    const from = (cells.heads[cells.id(cell) * headWidth + ownAt] as number) - 1;
    const left = (links[from * width + countAt] as number) - 1;
    links[from * width + countAt] = left;
    if (left > 0 && !all) {
      const invertible = this.#invertible;
      for (let index = 0; index < invertible.length; index++) (invertible[index] as Accumulators).subtract!(from, cell);
      if (this.others.length > 0) this.#leaveFront(cell, from, to);
      return;
    }
    this.#freeSum(cell);
    if (left > 0) return;
    this.#ended++;
    links[from * width + frontAt] = 0;
    if (this.#lasting) cells.clear(from);
  }

  /** Behind the last `leave`: forgets the keys that have nothing within any more. Answers what is left of the budget; nothing: go on. */
  settle(budget: number): number {
    if (this.#ended === 0 || this.#lasting) {
      this.#ended = 0;
      return budget;
    }
    const cells = this.#cells;
    const left = this.list.keep((cell) => {
      if (cells.links[cell * width + countAt] !== 0) return true;
      cells.heads[cells.id(cell) * headWidth + ownAt] = 0;
      cells.free(cell);
      return false;
    }, budget);
    if (left > 0) this.#ended = 0;
    return left;
  }

  /** Forgets a key of which slices' cells may stand within, which are still to be taken away. */
  forget(id: number): void {
    const cells = this.#cells;
    for (let cell = cells.newest(id); cell !== none; cell = cells.older(cell)) this.#freeSum(cell);
    const own = this.of(id);
    if (own === none) return;
    cells.heads[id * headWidth + ownAt] = 0;
    cells.bury(own);
    this.list.drop();
    if (this.#lasting) cells.table.release(cells.table.at(id));
  }

  /** The cell with what the two stacks of a key make together. */
  stacked(cell: number): number {
    const cells = this.#cells;
    const front = (cells.links[cell * width + frontAt] as number) - 1;
    if (front === none) return cell;
    if (this.#both === none) this.#both = cells.allocate(cells.key(cell));
    const both = this.#both;
    const { others } = this;
    for (let index = 0; index < others.length; index++) {
      const each = others[index] as Accumulators;
      each.clear(both);
      each.merge(both, this.#sumOf(front));
      each.merge(both, cell);
    }
    return both;
  }

  /** `slices`: the cells of all slices, in the order in which they will be restored. */
  snapshot(slices: Int32Array, to: number, frozen: FrozenCells): Iterable<Piece> {
    const cells = this.#cells;
    const list = this.list.cells.slice(0, this.list.length);
    const running = cells.idsOf(list);
    const counts = new Int32Array(list.length);
    for (let index = 0; index < list.length; index++) {
      counts[index] = cells.links[(list[index] as number) * width + countAt] as number;
    }
    const since = this.#lasting ? picked(this.#since, running) : undefined;
    const fronts = this.others.length === 0 ? new Int32Array(0) : this.#fronts(slices, to);
    const sums = fronts.map((index) => this.#sumOf(slices[index] as number));
    const [columns, sumColumns] = [frozen.of(list), frozen.of(sums)];
    return new Pieces(function* (): Generator<Piece> {
      yield* Pieces.cut(list.length, (from, until) => ({
        running: running.slice(from, until),
        counts: counts.slice(from, until),
        ...(since === undefined ? {} : { since: since.slice(from, until) }),
        accumulators: columns(from, until),
      }));
      yield* Pieces.cut(fronts.length, (from, until) => {
        return { fronts: fronts.slice(from, until), accumulators: sumColumns(from, until) };
      });
    });
  }

  /** Takes up a piece of what `snapshot` gave. */
  restore(piece: Piece, slices: readonly number[]): void {
    const some = 'running' in piece ? this.#restoreRunning(piece) : this.#restoreFronts(piece, slices);
    this.#all.forEach((each, index) => each.restore(some, (piece['accumulators'] as Piece[])[index] as Piece));
  }

  #restoreRunning({ running, counts, since }: Piece): number[] {
    const cells = this.#cells;
    return Array.from(running as Int32Array, (id, index) => {
      const key = cells.table.at(id);
      if (since !== undefined) this.met(key, (since as Float64Array)[index] as number);
      const cell = this.begin(key);
      cells.links[cell * width + countAt] = (counts as Int32Array)[index] as number;
      return cell;
    });
  }

  #restoreFronts({ fronts }: Piece, slices: readonly number[]): number[] {
    const cells = this.#cells;
    return Array.from(fronts as Int32Array, (index) => {
      const cell = slices[index] as number;
      const own = this.of(cells.id(cell));
      const before = (cells.links[own * width + frontAt] as number) - 1;
      if (before === none || cells.start(cell) < cells.start(before)) this.#setFront(own, cell);
      return this.#makeSum(cell);
    });
  }

  /** Which of the slices' cells stand in a front. */
  #fronts(slices: Int32Array, to: number): Int32Array {
    const fronts: number[] = [];
    for (let index = 0; index < slices.length; index++) {
      const cell = slices[index] as number;
      if (this.#cells.end(cell) <= to && this.of(this.#cells.id(cell)) !== none && this.#sumOf(cell) !== none) {
        fronts.push(index);
      }
    }
    return Int32Array.from(fronts);
  }

  /** A new cell in front of one that has a second cell belongs to the front as well. */
  #joinFront(cell: number, own: number, to: number): void {
    const cells = this.#cells;
    const newer = cells.newer(cell);
    if (newer === none || cells.end(newer) > to) return;
    const behind = this.#sumOf(newer);
    if (behind === none) return;
    const sum = this.#makeSum(cell);
    for (const each of this.others) each.merge(sum, behind);
    if (cells.links[own * width + frontAt] === newer + 1) this.#setFront(own, cell);
  }

  #leaveFront(cell: number, own: number, to: number): void {
    const cells = this.#cells;
    if (this.#sumOf(cell) !== none) {
      this.#freeSum(cell);
      const next = cells.newer(cell);
      const goesOn = next !== none && cells.end(next) <= to && this.#sumOf(next) !== none;
      this.#setFront(own, goesOn ? next : none);
      return;
    }
    // The front is used up: what stands in the back but for this one becomes the front.
    const { others } = this;
    let behind = none;
    for (let each = cells.newest(cells.id(cell)); each !== cell; each = cells.older(each)) {
      if (cells.end(each) > to) continue;
      const sum = this.#makeSum(each);
      for (let index = 0; index < others.length; index++) {
        (others[index] as Accumulators).merge(sum, each);
        if (behind !== none) (others[index] as Accumulators).merge(sum, behind);
      }
      behind = sum;
      this.#setFront(own, each);
    }
    for (let index = 0; index < others.length; index++) (others[index] as Accumulators).clear(own);
  }

  #setFront(own: number, cell: number): void {
    this.#cells.links[own * width + frontAt] = cell + 1;
  }

  #sumOf(cell: number): number {
    return (this.#cells.links[cell * width + sumAt] as number) - 1;
  }

  #makeSum(cell: number): number {
    const sum = this.#cells.allocate(this.#cells.key(cell));
    this.#cells.links[cell * width + sumAt] = sum + 1;
    return sum;
  }

  #freeSum(cell: number): void {
    const sum = this.#sumOf(cell);
    if (sum === none) return;
    this.#cells.links[cell * width + sumAt] = 0;
    this.#cells.free(sum);
  }
}
