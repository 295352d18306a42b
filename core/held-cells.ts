import type { HeldShare } from './held-budget.ts';
import type { Key, KeyTable } from './key.ts';
import type { Origin } from './rejection.ts';
import type { Piece } from './snapshot.ts';

/** Records that a step holds, in columns by cell, each with all that it takes to let it go as it came. */
export class HeldCells {
  /** What was let go last. */
  value: unknown;
  timestamp: number = Number.NaN;
  key!: Key;
  slot = 0;
  origin: Origin | undefined;
  readonly #keys: KeyTable;
  readonly #share: HeldShare;
  readonly #free: number[] = [];
  readonly #values: unknown[] = [];
  readonly #timestamps: number[] = [];
  readonly #keyOf: (Key | undefined)[] = [];
  readonly #slots: number[] = [];
  readonly #origins: (Origin | undefined)[] = [];
  readonly #bytes: number[] = [];

  constructor(keys: KeyTable, share: HeldShare) {
    this.#keys = keys;
    this.#share = share;
  }

  /** Takes a record in, and holds its key. Answers its cell. */
  protected hold(value: unknown, timestamp: number, key: Key, slot: number, origin: Origin | undefined): number {
    const cell = this.#free.pop() ?? this.#values.length;
    this.#keys.hold(key);
    this.#values[cell] = value;
    this.#timestamps[cell] = timestamp;
    this.#keyOf[cell] = key;
    this.#slots[cell] = slot;
    this.#origins[cell] = origin;
    this.#bytes[cell] = this.#share.hold(value);
    return cell;
  }

  protected valueIn(cell: number): unknown {
    return this.#values[cell];
  }

  /** Lets the record go: it stays in `value`, `timestamp`, `key`, `slot` and `origin` until the next one. */
  protected release(cell: number): void {
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
    this.#share.release(this.#bytes[cell] as number);
  }

  /** The records of these cells, in this order. */
  protected pieceOf(cells: readonly number[]): Piece {
    return {
      values: cells.map((cell) => this.#values[cell]),
      timestamps: Float64Array.from(cells, (cell) => this.#timestamps[cell] as number),
      keys: Int32Array.from(cells, (cell) => (this.#keyOf[cell] as Key).id),
      slots: Int32Array.from(cells, (cell) => this.#slots[cell] as number),
      origins: cells.map((cell) => this.#origins[cell] ?? null),
    };
  }

  /** Hands over the records of such a piece one by one. */
  protected eachOf(
    { values, timestamps, keys, slots, origins }: Piece,
    take: (value: unknown, timestamp: number, key: Key, slot: number, origin: Origin | undefined) => void,
  ): void {
    (values as readonly unknown[]).forEach((value, index) => {
      take(
        value,
        (timestamps as Float64Array)[index] as number,
        this.#keys.at((keys as Int32Array)[index] as number),
        (slots as Int32Array)[index] as number,
        (origins as readonly (Origin | null)[])[index] ?? undefined,
      );
    });
  }
}
