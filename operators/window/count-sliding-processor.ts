import { pickedInts } from '../../core/columns.ts';
import type { Key } from '../../core/key.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Piece } from '../../core/snapshot.ts';
import { CountSlices } from './count-slices.ts';
import type { CountWindowRecipe } from './count-window-recipe.ts';
import { OneWindowAKey } from './one-window-a-key.ts';

/**
 * The last `size` records of each key, every `slide` records. Windows begin and end only at certain records: what lies
 * between two of these is one slice, so that a record touches one cell, whatever the overlap.
 */
export class SlidingCountWindow extends OneWindowAKey {
  readonly #size: number;
  readonly #slide: number;
  /** Behind so many records of a slide a window begins; 0: where one ends. */
  readonly #cut: number;
  readonly #slices: CountSlices;
  /** By key: records since it fired last. */
  #fresh = new Int32Array(0);
  /** By key: records in its slices. */
  #held = new Int32Array(0);

  constructor({ size, slide, aggregates }: CountWindowRecipe, parts: Parts) {
    super('countWindow', aggregates, parts);
    this.#size = size;
    this.#slide = slide;
    this.#cut = (slide - (size % slide)) % slide;
    this.#slices = new CountSlices(this.reader);
  }

  override snapshot(): Iterable<Piece> {
    const ids: number[] = [];
    for (let id = 0; id < this.capacity; id++) if (this.#held[id] !== 0) ids.push(id);
    if (ids.length === 0) return [];
    return [
      {
        keys: Int32Array.from(ids),
        fresh: pickedInts(this.#fresh, ids),
        held: pickedInts(this.#held, ids),
        ...this.#slices.snapshot(ids),
      },
    ];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if (piece['keys'] === undefined) continue;
      const ids = this.restoreKeys(piece['keys']);
      ids.forEach((id, index) => {
        this.#fresh[id] = (piece['fresh'] as Int32Array)[index] as number;
        this.#held[id] = (piece['held'] as Int32Array)[index] as number;
      });
      this.#slices.restore(
        ids,
        ids.map((id) => this.#isFull(id)),
        piece,
      );
    }
  }

  override evict(id: number): Readonly<Record<string, unknown>> {
    const key = this.keys!.at(id);
    const slices = this.#slices;
    const cell = slices.window(id, this.#isFull(id));
    const row = this.row(key, slices.oldest(cell), slices.newest(cell) + 1, cell);
    slices.end(id);
    this.#held[id] = 0;
    this.#fresh[id] = 0;
    this.keys!.release(key);
    return { windows: [row] };
  }

  protected override grow(capacity: number): void {
    this.#fresh = more(this.#fresh, capacity);
    this.#held = more(this.#held, capacity);
    this.#slices.grow(capacity);
  }

  protected override cellOf(id: number): number {
    return this.#isFull(id) ? -1 : this.#slices.last(id);
  }

  protected override take(value: unknown, timestamp: number, key: Key): void {
    const { id } = key;
    if (this.#held[id] === 0) this.keys!.hold(key);
    const cell = this.#isFull(id) ? this.#slices.open(id) : this.#slices.last(id);
    this.#slices.count(cell, timestamp);
    this.counts.absorbed++;
    this.reader.add(cell, value, timestamp);
    const fresh = (this.#fresh[id] as number) + 1;
    this.#fresh[id] = fresh;
    this.#held[id] = (this.#held[id] as number) + 1;
    if (fresh === this.#cut || fresh === this.#slide) this.#slices.fill(id);
    if (fresh === this.#slide) this.emit(key, 'early');
  }

  protected override isOpen(id: number): boolean {
    return (this.#fresh[id] as number) > 0;
  }

  protected override endOf(id: number): number {
    return this.#slices.newest(this.#slices.window(id, this.#isFull(id))) + 1;
  }

  protected override emit(key: Key, timing: 'early' | 'on-time'): void {
    const { id } = key;
    const slices = this.#slices;
    const ended = timing === 'on-time';
    const full = !ended || this.#isFull(id);
    const cell = slices.window(id, full);
    const end = slices.newest(cell) + 1;
    const row = this.row(key, slices.oldest(cell), end, cell);
    if (!full) slices.fill(id);
    // What the next window has, too; there is none behind the end.
    const kept = ended ? 0 : Math.min(this.#held[id] as number, this.#size - this.#slide);
    slices.drop(id, (this.#held[id] as number) - kept);
    this.#held[id] = kept;
    this.#fresh[id] = 0;
    if (kept === 0) this.keys!.release(key);
    this.counts.made++;
    this.next.record(row, end - 1, key);
  }

  /** Whether the next record begins a slice. */
  #isFull(id: number): boolean {
    const fresh = this.#fresh[id];
    return fresh === 0 || fresh === this.#cut;
  }
}

function more(column: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(column);
  return larger;
}
