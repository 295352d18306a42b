import { IdHeap } from '../../core/id-heap.ts';
import type { Key, KeyTable } from '../../core/key.ts';
import type { Origin } from '../../core/rejection.ts';
import type { Piece } from '../../core/snapshot.ts';

/** Records that wait for their time, in columns by cell: the earliest is at hand, of equal ones the one that came first. */
export class HeldRecords {
  /** What was let go last. */
  value: unknown;
  timestamp: number = Number.NaN;
  key!: Key;
  slot = 0;
  origin: Origin | undefined;
  readonly #keys: KeyTable;
  readonly #heap = new IdHeap();
  readonly #free: number[] = [];
  readonly #values: unknown[] = [];
  readonly #timestamps: number[] = [];
  readonly #keyOf: (Key | undefined)[] = [];
  readonly #slots: number[] = [];
  readonly #origins: (Origin | undefined)[] = [];
  #came = 0;

  constructor(keys: KeyTable) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#heap.size;
  }

  /** The timestamp of the earliest; +Infinity where there is none. */
  get earliest(): number {
    return this.#heap.least;
  }

  /** Takes a record in, and holds its key. */
  add(value: unknown, timestamp: number, key: Key, slot: number, origin: Origin | undefined): void {
    const cell = this.#free.pop() ?? this.#values.length;
    this.#keys.hold(key);
    this.#values[cell] = value;
    this.#timestamps[cell] = timestamp;
    this.#keyOf[cell] = key;
    this.#slots[cell] = slot;
    this.#origins[cell] = origin;
    this.#heap.set(cell, timestamp, this.#came++);
  }

  /** Lets the earliest go: it stays in `value`, `timestamp`, `key`, `slot` and `origin` until the next one. */
  take(): void {
    const cell = this.#heap.first;
    this.#heap.remove(cell);
    this.value = this.#values[cell];
    this.timestamp = this.#timestamps[cell] as number;
    this.key = this.#keyOf[cell] as Key;
    this.slot = this.#slots[cell] as number;
    this.origin = this.#origins[cell];
    this.#values[cell] = undefined;
    this.#keyOf[cell] = undefined;
    this.#origins[cell] = undefined;
    this.#free.push(cell);
    this.#keys.release(this.key);
  }

  /** In the order in which they will leave. */
  snapshot(): Piece {
    const cells = this.#heap.sorted();
    return {
      values: cells.map((cell) => this.#values[cell]),
      timestamps: Float64Array.from(cells, (cell) => this.#timestamps[cell] as number),
      keys: Int32Array.from(cells, (cell) => (this.#keyOf[cell] as Key).id),
      slots: Int32Array.from(cells, (cell) => this.#slots[cell] as number),
      origins: cells.map((cell) => this.#origins[cell] ?? null),
    };
  }

  restore({ values, timestamps, keys, slots, origins }: Piece): void {
    (values as readonly unknown[]).forEach((value, index) => {
      const key = this.#keys.at((keys as Int32Array)[index] as number);
      const origin = (origins as readonly (Origin | null)[])[index] ?? undefined;
      this.add(
        value,
        (timestamps as Float64Array)[index] as number,
        key,
        (slots as Int32Array)[index] as number,
        origin,
      );
    });
  }
}
