import type { WindowModel } from './limited-model.ts';
import { resultsOf, type SessionModelRow } from './session-model.ts';
import type { Reading } from '../window-model.ts';

function windowOf(key: string, held: readonly Reading[], pane: object = {}): SessionModelRow {
  const times = held.map(({ at }) => at);
  const [windowStart, windowEnd] = [Math.min(...times), Math.max(...times) + 1];
  return { key, windowStart, windowEnd, ...pane, ...resultsOf(held) };
}

/** The last readings of each key, every so many. */
export class CountModel implements WindowModel {
  readonly rows: SessionModelRow[] = [];
  readonly late: Reading[] = [];
  readonly #size: number;
  readonly #slide: number;
  /** By key: what the next row holds, as far as it is there, and how much of it is new. */
  readonly #keys = new Map<string, { held: Reading[]; fresh: number }>();
  readonly #order: string[] = [];

  constructor(size: number, slide: number) {
    this.#size = size;
    this.#slide = slide;
  }

  accept(reading: Reading): boolean {
    const { key } = reading;
    if (!this.#order.includes(key)) this.#order.push(key);
    const state = this.#keys.get(key) ?? { held: [], fresh: 0 };
    this.#keys.set(key, state);
    state.held.push(reading);
    state.fresh++;
    if (state.fresh < this.#slide) return true;
    this.rows.push(windowOf(key, state.held));
    state.fresh = 0;
    const kept = this.#size - this.#slide;
    state.held = kept === 0 ? [] : state.held.slice(-kept);
    if (kept === 0) this.#keys.delete(key);
    return true;
  }

  moveTo(at: number): void {
    if (at < Number.POSITIVE_INFINITY) return;
    const open = this.#order.filter((key) => (this.#keys.get(key)?.fresh ?? 0) > 0);
    const rows = open.map((key) => windowOf(key, this.#keys.get(key)!.held));
    this.rows.push(...rows.toSorted((a, b) => a.windowEnd - b.windowEnd));
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  forget(key: string): object {
    const { held } = this.#keys.get(key)!;
    this.#keys.delete(key);
    return { windows: [windowOf(key, held)] };
  }
}

/** All readings of each key, and which of them are new. */
export class GlobalModel implements WindowModel {
  readonly rows: SessionModelRow[] = [];
  readonly late: Reading[] = [];
  readonly #early: { readonly count: number } | { readonly every: number } | undefined;
  readonly #discarding: boolean;
  readonly #order: string[] = [];
  readonly #keys = new Map<string, { held: Reading[]; fresh: number; index: number }>();
  #watermark = Number.NEGATIVE_INFINITY;
  #ticks: number[] = [];

  constructor(early: { readonly count: number } | { readonly every: number } | undefined, discarding: boolean) {
    this.#early = early;
    this.#discarding = discarding && early !== undefined;
  }

  accept(reading: Reading): boolean {
    const { key, at } = reading;
    if (!this.#order.includes(key)) this.#order.push(key);
    const state = this.#keys.get(key) ?? { held: [], fresh: 0, index: 0 };
    this.#keys.set(key, state);
    state.held.push(reading);
    state.fresh++;
    if (this.#early === undefined) return true;
    if ('count' in this.#early) {
      if (state.fresh >= this.#early.count) this.#fire([key], 'early');
    } else if (state.fresh === 1) {
      const from = this.#watermark === Number.NEGATIVE_INFINITY ? at : this.#watermark + 1;
      this.#ticks.push((Math.floor(from / this.#early.every) + 1) * this.#early.every - 1);
    }
    return true;
  }

  moveTo(at: number): void {
    this.#watermark = Math.max(at, this.#watermark);
    const news = this.#order.filter((key) => (this.#keys.get(key)?.fresh ?? 0) > 0);
    if (at === Number.POSITIVE_INFINITY) {
      this.#fire(this.#discarding ? news : this.#order.filter((key) => this.#keys.has(key)), 'on-time');
    } else if (this.#ticks.some((tick) => tick <= this.#watermark)) {
      this.#fire(news, 'early');
      this.#ticks = [];
    }
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  forget(key: string): object {
    const row = this.#keys.get(key)!.held.length === 0 ? [] : [this.#rowOf(key, 'early')];
    this.#keys.delete(key);
    return { windows: row };
  }

  #rowOf(key: string, timing: string): SessionModelRow {
    const { held, index } = this.#keys.get(key)!;
    return windowOf(key, held, this.#early === undefined ? {} : { pane: { timing, index } });
  }

  #fire(wanted: readonly string[], timing: string): void {
    const rows = wanted.map((key) => this.#rowOf(key, timing));
    for (const key of wanted) {
      const state = this.#keys.get(key)!;
      state.index++;
      state.fresh = 0;
      if (this.#discarding) state.held = [];
    }
    this.rows.push(...rows.toSorted((a, b) => a.windowEnd - b.windowEnd));
  }
}
