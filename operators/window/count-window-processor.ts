import { grown, picked, placed } from '../../core/columns.ts';
import type { Key } from '../../core/key.ts';
import type { Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';
import { SlidingCountWindow } from './count-sliding-processor.ts';
import type { CountWindowRecipe } from './count-window-recipe.ts';
import { limited } from './limited-windows.ts';
import { OneWindowAKey } from './one-window-a-key.ts';

export function makeCountWindow(options: CountWindowRecipe, parts: Parts): Processor {
  const { size, slide, aggregates } = options;
  const tumbles = slide === size;
  return limited(
    tumbles ? new TumblingCountWindow(size, aggregates, parts) : new SlidingCountWindow(options, parts),
    options,
  );
}

/** By key: how many records its window has, and between which times they lie. The key's id is its cell. */
class TumblingCountWindow extends OneWindowAKey {
  readonly #size: number;
  #counts = new Float64Array(0);
  #oldest = new Float64Array(0);
  #newest = new Float64Array(0);

  constructor(size: number, aggregates: readonly NamedAggregate[], parts: Parts) {
    super('countWindow', aggregates, parts);
    this.#size = size;
  }

  override snapshot(): Iterable<Piece> {
    const ids: number[] = [];
    for (let id = 0; id < this.capacity; id++) if (this.isOpen(id)) ids.push(id);
    if (ids.length === 0) return [];
    return [
      {
        keys: Int32Array.from(ids),
        counts: picked(this.#counts, ids),
        oldest: picked(this.#oldest, ids),
        newest: picked(this.#newest, ids),
        accumulators: this.reader.accumulators.map((each) => each.snapshot(ids)),
      },
    ];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const { keys, counts, oldest, newest, accumulators } of pieces) {
      if (keys === undefined) continue;
      const ids = this.restoreKeys(keys);
      placed(this.#counts, ids, counts);
      placed(this.#oldest, ids, oldest);
      placed(this.#newest, ids, newest);
      this.reader.accumulators.forEach((each, index) => each.restore(ids, (accumulators as Piece[])[index] as Piece));
    }
  }

  override evict(id: number): Readonly<Record<string, unknown>> {
    return { windows: [this.#close(this.keys!.at(id))] };
  }

  protected override grow(capacity: number): void {
    const before = this.#counts.length;
    this.#counts = grown(this.#counts, capacity);
    this.#oldest = grown(this.#oldest, capacity);
    this.#newest = grown(this.#newest, capacity);
    this.reader.grow(capacity);
    for (let id = before; id < capacity; id++) this.reader.clear(id);
  }

  protected override cellOf(id: number): number {
    return this.isOpen(id) ? id : -1;
  }

  protected override take(value: unknown, timestamp: number, key: Key): void {
    const { id } = key;
    const count = (this.#counts[id] as number) + 1;
    if (count === 1) {
      this.keys!.hold(key);
      this.#oldest[id] = timestamp;
      this.#newest[id] = timestamp;
    } else if (timestamp > (this.#newest[id] as number)) this.#newest[id] = timestamp;
    else if (timestamp < (this.#oldest[id] as number)) this.#oldest[id] = timestamp;
    this.#counts[id] = count;
    this.counts.absorbed++;
    this.reader.add(id, value, timestamp);
    if (count === this.#size) this.emit(key);
  }

  protected override isOpen(id: number): boolean {
    return (this.#counts[id] as number) > 0;
  }

  protected override endOf(id: number): number {
    return (this.#newest[id] as number) + 1;
  }

  protected override emit(key: Key): void {
    const end = this.endOf(key.id);
    const row = this.#close(key);
    this.counts.made++;
    this.next.record(row, end - 1, key);
  }

  /** Nothing is left of the key but this row. */
  #close(key: Key): Row {
    const { id } = key;
    const row = this.row(key, this.#oldest[id] as number, this.endOf(id), id);
    this.#counts[id] = 0;
    this.reader.clear(id);
    this.keys!.release(key);
    return row;
  }
}
