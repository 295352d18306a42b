import { grown, picked, placed } from '../../core/columns.ts';
import { IdHeap } from '../../core/id-heap.ts';
import type { Key } from '../../core/key.ts';
import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import type { Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';
import { windowStart } from './assign.ts';
import { limited } from './limited-windows.ts';
import { OneWindowAKey } from './one-window-a-key.ts';
import { firesAgain, type WindowSettings } from './window-settings.ts';

export interface GlobalWindowRecipe extends KeyLimitsRecipe {
  readonly settings: WindowSettings;
  readonly aggregates: readonly NamedAggregate[];
}

export function makeGlobalWindow(options: GlobalWindowRecipe, parts: Parts): Processor {
  return limited(new GlobalWindow(options, parts), options);
}

/** By key, whose id is its cell: what is in its window, and what of it is new. */
class GlobalWindow extends OneWindowAKey {
  readonly #discarding: boolean;
  readonly #panes: boolean;
  readonly #count: number;
  readonly #everyMs: number;
  readonly #ticking: 'event' | 'processing' | undefined;
  #oldest = new Float64Array(0);
  #newest = new Float64Array(0);
  /** Records since the key's last row. */
  #fresh = new Float64Array(0);
  /** The index of the next row, plus one: 0 where the key is not known. */
  #indices = new Float64Array(0);
  /** When the first record came, in processing time. */
  #firsts = new Float64Array(0);
  #watermark: number = Number.NEGATIVE_INFINITY;
  /** In event time: the keys with something new, and the watermark at which they fire. */
  readonly #waiting = new IdHeap();
  #tick: number = Number.NaN;
  /** In processing time: the same, each at its own moment. */
  readonly #ticks = new IdHeap();
  #tickedAt: number = Number.NEGATIVE_INFINITY;

  constructor({ settings, aggregates }: GlobalWindowRecipe, parts: Parts) {
    super('globalWindow', aggregates, parts, firesAgain(settings));
    const { early, discarding } = settings;
    this.#discarding = discarding;
    this.#panes = firesAgain(settings);
    this.#count = early !== undefined && 'count' in early ? early.count : Number.POSITIVE_INFINITY;
    this.#everyMs = early !== undefined && 'everyMs' in early ? early.everyMs : Number.NaN;
    this.#ticking = early !== undefined && 'everyMs' in early ? early.time : undefined;
  }

  override watermark(at: number): void {
    this.#watermark = at;
    super.watermark(at);
  }

  override onTime(now: number): void {
    if (now > this.#tickedAt) this.#tickedAt = now;
    this.goOn();
    this.#arm();
  }

  override snapshot(): Iterable<Piece> {
    const ids: number[] = [];
    for (let id = 0; id < this.capacity; id++) if (this.#isKnown(id)) ids.push(id);
    return [
      { watermark: this.#watermark, tick: this.#tick, tickedAt: this.#tickedAt },
      ...(ids.length === 0
        ? []
        : [
            {
              keys: Int32Array.from(ids),
              oldest: picked(this.#oldest, ids),
              newest: picked(this.#newest, ids),
              fresh: picked(this.#fresh, ids),
              indices: picked(this.#indices, ids),
              firsts: picked(this.#firsts, ids),
              ticks: Float64Array.from(ids, (id) => (this.#ticks.has(id) ? this.#ticks.valueOf(id) : Number.NaN)),
              accumulators: this.reader.accumulators.map((each) => each.snapshot(ids)),
            },
          ]),
    ];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if ('tick' in piece) {
        this.#watermark = piece['watermark'] as number;
        this.#tick = piece['tick'] as number;
        this.#tickedAt = piece['tickedAt'] as number;
        continue;
      }
      const ids = this.restoreKeys(piece['keys']);
      placed(this.#oldest, ids, piece['oldest']);
      placed(this.#newest, ids, piece['newest']);
      placed(this.#fresh, ids, piece['fresh']);
      placed(this.#indices, ids, piece['indices']);
      placed(this.#firsts, ids, piece['firsts']);
      ids.forEach((id, index) => {
        const value = (name: string): number => (piece[name] as Float64Array)[index] as number;
        if (this.#ticking === 'event' && value('fresh') > 0) this.#waiting.set(id, 0);
        if (!Number.isNaN(value('ticks'))) this.#ticks.set(id, value('ticks'));
      });
      this.reader.accumulators.forEach((each, index) => {
        each.restore(ids, (piece['accumulators'] as Piece[])[index] as Piece);
      });
    }
    this.#arm();
  }

  override evict(id: number): Readonly<Record<string, unknown>> {
    const key = this.keys!.at(id);
    const windows = this.isOpen(id) ? [this.#row(key, 'early')] : [];
    this.#indices[id] = 0;
    this.#fresh[id] = 0;
    this.#waiting.remove(id);
    this.#ticks.remove(id);
    this.reader.clear(id);
    this.keys!.release(key);
    return { windows };
  }

  protected override grow(capacity: number): void {
    const before = this.#oldest.length;
    this.#oldest = grown(this.#oldest, capacity);
    this.#newest = grown(this.#newest, capacity);
    this.#fresh = grown(this.#fresh, capacity);
    this.#indices = grown(this.#indices, capacity);
    this.#firsts = grown(this.#firsts, capacity);
    this.reader.grow(capacity);
    for (let id = before; id < capacity; id++) this.reader.clear(id);
  }

  protected override cellOf(id: number): number {
    return this.#isKnown(id) ? id : -1;
  }

  protected override take(value: unknown, timestamp: number, key: Key): void {
    const { id } = key;
    if (!this.#isKnown(id)) this.#begin(key);
    // Of what the next row holds.
    if (!(timestamp >= (this.#oldest[id] as number))) this.#oldest[id] = timestamp;
    if (!(timestamp <= (this.#newest[id] as number))) this.#newest[id] = timestamp;
    this.counts.absorbed++;
    this.reader.add(id, value, timestamp);
    const fresh = (this.#fresh[id] as number) + 1;
    this.#fresh[id] = fresh;
    if (fresh === 1 && this.#ticking !== undefined) this.#wait(id, timestamp);
    if (fresh >= this.#count) this.emit(key, 'early');
  }

  protected override due(): number {
    if (this.#ticking === 'event') {
      if (!(this.#watermark >= this.#tick)) return -1;
      const id = this.#waiting.first;
      if (id < 0) this.#tick = Number.NaN;
      this.#waiting.remove(id);
      return id;
    }
    while (this.#ticks.least <= this.#tickedAt) {
      const id = this.#ticks.first;
      this.#ticks.remove(id);
      if ((this.#fresh[id] as number) > 0) return id;
    }
    return -1;
  }

  protected override isOpen(id: number): boolean {
    return this.#isKnown(id) && !(this.#discarding && this.#panes && this.#fresh[id] === 0);
  }

  protected override endOf(id: number): number {
    return (this.#newest[id] as number) + 1;
  }

  protected override emit(key: Key, timing: 'early' | 'on-time'): void {
    const { id } = key;
    const end = this.endOf(id);
    const row = this.#row(key, timing);
    this.#indices[id] = (this.#indices[id] as number) + 1;
    this.#fresh[id] = 0;
    if (this.#discarding) {
      this.#oldest[id] = Number.NaN;
      this.#newest[id] = Number.NaN;
      this.reader.clear(id);
    }
    this.counts.made++;
    this.next.record(row, end - 1, key);
  }

  #row(key: Key, timing: 'early' | 'on-time'): Row {
    const { id } = key;
    const pane = this.#panes ? { timing, index: (this.#indices[id] as number) - 1 } : undefined;
    return this.row(key, this.#oldest[id] as number, this.endOf(id), id, pane);
  }

  #isKnown(id: number): boolean {
    return (this.#indices[id] as number) > 0;
  }

  #begin(key: Key): void {
    const { id } = key;
    this.keys!.hold(key);
    this.#indices[id] = 1;
    this.#oldest[id] = Number.NaN;
    this.#newest[id] = Number.NaN;
    if (this.#ticking === 'processing') this.#firsts[id] = this.context.clock.now();
  }

  /** The key has something new: when does it fire? */
  #wait(id: number, timestamp: number): void {
    if (this.#ticking === 'processing') {
      const first = this.#firsts[id] as number;
      const stretches = Math.floor((this.context.clock.now() - first) / this.#everyMs) + 1;
      this.#ticks.set(id, first + stretches * this.#everyMs);
      this.#arm();
      return;
    }
    this.#waiting.set(id, 0);
    // Before the first watermark: the stretch that the record lies in.
    const from = this.#watermark === Number.NEGATIVE_INFINITY ? timestamp : this.#watermark + 1;
    const tick = windowStart(from, this.#everyMs, 0) + this.#everyMs - 1;
    if (!(tick >= this.#tick)) this.#tick = tick;
  }

  #arm(): void {
    const { least } = this.#ticks;
    if (least < Number.POSITIVE_INFINITY) this.context.wakeAt(this, least);
  }
}
