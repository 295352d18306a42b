import type { Pane } from '../../../../operators/window/window-options.ts';
import type { Reading } from '../window-model.ts';

interface ModelRow {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly [result: string]: unknown;
}

export type Border = readonly [start: number, end: number];

export interface AlignedModelOptions {
  /** All windows that hold a time. */
  readonly windowsOf: (at: number) => readonly Border[];
  /** Every window there is in the time that the test is about, for `empty`. */
  readonly all?: readonly Border[];
  readonly outOfOrderness: number;
  readonly allowedLateness: number;
  readonly discarding: boolean;
  readonly empty: boolean;
  readonly early?: { readonly every: number } | { readonly count: number };
  /** Whether rows carry a pane. */
  readonly paned: boolean;
}

/** One key's window: all readings in it, and how many of them the last row had seen. */
interface Cell {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly readings: Reading[];
  seen: number;
  fired: number;
  /** Whether its end has been reached. */
  over: boolean;
}

/**
 * Windows on a grid as one would write them without thinking of speed: every reading goes into a list for each of its
 * windows. The watermark moves after every record.
 */
export class AlignedModel {
  readonly rows: ModelRow[] = [];
  readonly late: Reading[] = [];
  readonly #options: AlignedModelOptions;
  readonly #keys: string[] = [];
  /** By key: its oldest accepted reading. */
  readonly #since = new Map<string, number>();
  #cells: Cell[] = [];
  #lastEnd = Number.NEGATIVE_INFINITY;
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(options: AlignedModelOptions) {
    this.#options = options;
  }

  push(reading: Reading): this {
    this.accept(reading);
    return this.moveTo(reading.at - this.#options.outOfOrderness - 1);
  }

  /** Takes a reading in, without moving the time; false for one that comes too late. */
  accept(reading: Reading): boolean {
    if (!this.#keys.includes(reading.key)) this.#keys.push(reading.key);
    const { allowedLateness, early, windowsOf } = this.#options;
    const open = windowsOf(reading.at).filter(([, end]) => end - 1 + allowedLateness > this.#watermark);
    if (open.length === 0) this.late.push(reading);
    else {
      this.#since.set(reading.key, Math.min(reading.at, this.#since.get(reading.key) ?? reading.at));
      for (const [start, end] of open.toSorted((a, b) => a[1] - b[1])) {
        this.#lastEnd = Math.max(this.#lastEnd, end);
        const cell = this.#cell(reading.key, start, end);
        cell.readings.push(reading);
        if (end - 1 <= this.#watermark) {
          if (this.#options.discarding) cell.seen = cell.readings.length - 1;
          this.#fire(cell, 'late');
        } else if (early !== undefined && 'count' in early && cell.readings.length - cell.seen >= early.count) {
          this.#fire(cell, 'early');
        }
      }
    }
    return open.length > 0;
  }

  /** Whether anything is kept for the key. */
  has(key: string): boolean {
    return this.#options.empty ? this.#since.has(key) : this.#cells.some((cell) => cell.key === key);
  }

  /** Drops all that is kept for the key, and answers what its windows would have given next; of those that overlap, how many readings went. */
  forget(key: string, overlapping: boolean): object {
    const own = this.#cells.filter((cell) => cell.key === key).toSorted((a, b) => a.end - b.end);
    this.#cells = this.#cells.filter((cell) => cell.key !== key);
    this.#since.delete(key);
    if (overlapping) return { readings: new Set(own.flatMap(({ readings }) => readings)).size };
    const windows = own.flatMap((cell) => {
      const shown = this.#options.discarding ? cell.readings.slice(cell.seen) : cell.readings;
      const timing = cell.end - 1 <= this.#watermark ? 'late' : 'early';
      const pane = this.#options.paned ? { pane: { timing, index: cell.fired } } : {};
      return shown.length === 0 ? [] : [rowOf(cell, shown, pane)];
    });
    return { windows };
  }

  moveTo(at: number): this {
    if (!(at > this.#watermark)) return this;
    const before = this.#watermark;
    this.#watermark = at;
    if (this.#options.empty) this.#wake(before);
    const inOrder = this.#cells.toSorted(
      (a, b) => a.end - b.end || this.#keys.indexOf(a.key) - this.#keys.indexOf(b.key),
    );
    for (const cell of inOrder) {
      if (cell.over || cell.end - 1 > at) continue;
      cell.over = true;
      if (!this.#options.discarding || cell.readings.length > cell.seen || cell.fired === 0)
        this.#fire(cell, 'on-time');
    }
    const { early } = this.#options;
    for (const cell of inOrder) {
      if (early === undefined || 'count' in early || cell.over || cell.readings.length === cell.seen) continue;
      let point = cell.start + early.every;
      while (point < cell.end && point - 1 <= before) point += early.every;
      if (point < cell.end && point - 1 <= at) this.#fire(cell, 'early');
    }
    this.#cells = this.#cells.filter(({ end }) => end - 1 + this.#options.allowedLateness > at);
    return this;
  }

  /** With `empty`: every window that has ended now is there for every key that is alive. */
  #wake(before: number): void {
    for (const [start, end] of this.#options.all ?? []) {
      if (end - 1 <= before || end - 1 > this.#watermark) continue;
      if (this.#watermark === Number.POSITIVE_INFINITY && end > this.#lastEnd) continue;
      for (const [key, since] of this.#since) if (end > since) this.#cell(key, start, end);
    }
  }

  #cell(key: string, start: number, end: number): Cell {
    const known = this.#cells.find((cell) => cell.key === key && cell.start === start && cell.end === end);
    if (known !== undefined) return known;
    const over = end - 1 <= this.#watermark && !this.#options.empty;
    const cell: Cell = { key, start, end, readings: [], seen: 0, fired: 0, over };
    this.#cells.push(cell);
    return cell;
  }

  #fire(cell: Cell, timing: Pane['timing']): void {
    const shown = this.#options.discarding ? cell.readings.slice(cell.seen) : cell.readings;
    cell.over ||= timing === 'late';
    const pane = this.#options.paned ? { pane: { timing, index: cell.fired } } : {};
    cell.seen = cell.readings.length;
    cell.fired++;
    this.rows.push(rowOf(cell, shown, pane));
  }
}

function rowOf({ key, start, end }: Cell, readings: readonly Reading[], pane: object): ModelRow {
  const present = readings.filter((each): each is Reading & { v: number } => each.v !== null && !Number.isNaN(each.v));
  const values = present.map(({ v }) => v);
  const byTime = present.toSorted((a, b) => a.at - b.at);
  const total = values.reduce((before, value) => before + value, 0);
  const none = values.length === 0;
  return {
    key,
    windowStart: start,
    windowEnd: end,
    ...pane,
    records: readings.length,
    n: values.length,
    sum: total,
    mean: none ? null : total / values.length,
    min: none ? null : Math.min(...values),
    max: none ? null : Math.max(...values),
    first: byTime[0]?.v ?? null,
    last: byTime.at(-1)?.v ?? null,
  };
}
