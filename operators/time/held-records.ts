import { HeldCells } from '../../core/held-cells.ts';
import { IdHeap } from '../../core/id-heap.ts';
import type { Key } from '../../core/key.ts';
import type { Origin } from '../../core/rejection.ts';
import type { Piece } from '../../core/snapshot.ts';

/** Records that wait for their time: the earliest is at hand, of equal ones the one that came first. */
export class HeldRecords extends HeldCells {
  readonly #heap = new IdHeap();
  #came = 0;

  get size(): number {
    return this.#heap.size;
  }

  /** The timestamp of the earliest; +Infinity where there is none. */
  get earliest(): number {
    return this.#heap.least;
  }

  add(value: unknown, timestamp: number, key: Key, slot: number, origin: Origin | undefined): void {
    this.#heap.set(this.hold(value, timestamp, key, slot, origin), timestamp, this.#came++);
  }

  /** Lets the earliest go. */
  take(): void {
    const cell = this.#heap.first;
    this.#heap.remove(cell);
    this.release(cell);
  }

  /** In the order in which they will leave. */
  snapshot(): Piece {
    return this.pieceOf(this.#heap.sorted());
  }

  restore(piece: Piece): void {
    this.eachOf(piece, (...record) => this.add(...record));
  }
}
