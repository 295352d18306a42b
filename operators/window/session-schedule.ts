import { IdHeap } from '../../core/id-heap.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { SessionCells } from './session-cells.ts';
import type { WindowSettings } from './window-settings.ts';

/** What is to be done with a session. `nothing`: the queues have moved on, no more. */
export type SessionAct = 'nothing' | 'early' | 'on-time' | 'forget';

/**
 * When sessions are due. Each stands in the queue once; a record that moves its end does not touch the queue, which finds
 * the new end when it gets to the old one.
 */
export class SessionSchedule {
  /** How far the time has come by which sessions close: the watermark, or the last millisecond that is over. */
  now: number = Number.NEGATIVE_INFINITY;
  /** How far the time has come by which they fire early. */
  tickedAt: number = Number.NEGATIVE_INFINITY;
  /** Whom the last act was about. */
  cell = -1;
  /** Whether early firings go by time, and by which. */
  readonly ticking: 'event' | 'processing' | undefined;
  readonly #everyMs: number;
  readonly #latenessMs: number;
  readonly #processing: boolean;
  readonly #cells: SessionCells;
  /** By when they are to fire, at the latest; those that have, by when they are forgotten. */
  readonly #closing = new IdHeap();
  readonly #ticks = new IdHeap();
  /** Those that fire early now, by their end. */
  readonly #ready = new IdHeap();

  constructor(cells: SessionCells, { clock, latenessMs, early }: WindowSettings) {
    this.#cells = cells;
    this.#processing = clock === 'processing';
    this.#latenessMs = latenessMs;
    this.ticking = early !== undefined && 'everyMs' in early ? early.time : undefined;
    this.#everyMs = early !== undefined && 'everyMs' in early ? early.everyMs : Number.NaN;
  }

  get due(): boolean {
    return this.#closes || this.#isTick || this.#ready.size > 0;
  }

  /** Rows that are due together leave by their end: those that close now end before those that do not. */
  next(): SessionAct {
    if (this.#closes) return this.#close(this.#closing.first);
    if (this.#isTick) return this.#tick(this.#ticks.first);
    this.cell = this.#ready.first;
    this.#ready.remove(this.cell);
    return 'early';
  }

  /** Takes in a session that is new, or has got other borders. */
  place(cell: number): void {
    const last = (this.#cells.ends[cell] as number) - 1;
    const open = last > this.now;
    this.#put(this.#closing, cell, open ? last : last + this.#latenessMs);
    if (open && this.ticking !== undefined) this.#put(this.#ticks, cell, this.#nextTick(cell));
  }

  remove(cell: number): void {
    this.#closing.remove(cell);
    this.#ticks.remove(cell);
  }

  /** The processing time at which something is due next; +Infinity where nothing is. */
  get alarm(): number {
    const closing = this.#processing ? this.#closing.least + 1 : Number.POSITIVE_INFINITY;
    const tick = this.ticking === 'processing' ? this.#ticks.least : Number.POSITIVE_INFINITY;
    return Math.min(closing, tick);
  }

  /** All sessions. */
  get ids(): readonly number[] {
    return this.#closing.ids();
  }

  snapshot(cells: readonly number[]): Piece {
    return {
      closing: Float64Array.from(cells, (cell) => this.#closing.valueOf(cell)),
      ticks: Float64Array.from(cells, (cell) => (this.#ticks.has(cell) ? this.#ticks.valueOf(cell) : Number.NaN)),
    };
  }

  restore(cells: readonly number[], { closing, ticks }: Piece): void {
    cells.forEach((cell, index) => {
      this.#put(this.#closing, cell, (closing as Float64Array)[index] as number);
      const tick = (ticks as Float64Array)[index] as number;
      if (!Number.isNaN(tick)) this.#put(this.#ticks, cell, tick);
    });
  }

  get #closes(): boolean {
    return this.#closing.least <= this.now && this.#closing.size > 0;
  }

  get #isTick(): boolean {
    return this.#ticks.least <= this.tickedAt && this.#ticks.size > 0;
  }

  #close(cell: number): SessionAct {
    this.cell = cell;
    const due = this.#closing.valueOf(cell);
    const last = (this.#cells.ends[cell] as number) - 1;
    if (due < last) {
      this.#put(this.#closing, cell, last);
      return 'nothing';
    }
    if (due > last) {
      this.#closing.remove(cell);
      return 'forget';
    }
    this.#ticks.remove(cell);
    if (this.#latenessMs > 0) this.#put(this.#closing, cell, last + this.#latenessMs);
    else this.#closing.remove(cell);
    return 'on-time';
  }

  #tick(cell: number): SessionAct {
    this.cell = cell;
    this.#put(this.#ticks, cell, this.#nextTick(cell));
    if ((this.#cells.fresh[cell] as number) > 0) this.#put(this.#ready, cell, this.#cells.ends[cell] as number);
    return 'nothing';
  }

  #nextTick(cell: number): number {
    // In event time a tick is the last millisecond of a stretch, as the end of a window is.
    const from = (this.ticking === 'event' ? this.#cells.starts[cell] : this.#cells.firsts[cell]) as number;
    const base = this.ticking === 'event' ? from - 1 : from;
    return base + Math.max(1, Math.floor((this.tickedAt - base) / this.#everyMs) + 1) * this.#everyMs;
  }

  /** Those that are due at the same moment leave in the order of their keys. */
  #put(heap: IdHeap, cell: number, due: number): void {
    heap.set(cell, due, this.#cells.key(cell).order);
  }
}
