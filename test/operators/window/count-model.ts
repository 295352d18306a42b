import type { ForgettingModel } from './limited-model.ts';
import { type Emit, type Held, type ModelRow, resultsOf } from './window-model.ts';

export interface CountModelOptions {
  readonly size: number;
  readonly slide: number;
  readonly throwing: boolean;
}

/** Keeps all records of a key since it is known, and looks at the last ones. */
export class CountModel implements ForgettingModel {
  readonly #options: CountModelOptions;
  readonly #emit: Emit;
  readonly #keys = new Map<number, Held[]>();

  constructor(options: CountModelOptions, emit: Emit) {
    this.#options = options;
    this.#emit = emit;
  }

  take(held: Held): 'failed' | undefined {
    const { slide, throwing } = this.#options;
    if (throwing && held.reading.v === 7) return 'failed';
    const all = this.#keys.get(held.rank) ?? [];
    this.#keys.set(held.rank, all);
    all.push(held);
    if (all.length % slide === 0) this.#emit(this.#rowOf(all));
    return undefined;
  }

  moveTo(at: number): void {
    if (at < Number.POSITIVE_INFINITY) return;
    const left = [...this.#keys].filter(([, all]) => this.#news(all) > 0).toSorted(([a], [b]) => a - b);
    const rows = left.map(([, all]) => this.#rowOf(all));
    for (const row of rows.toSorted((a, b) => a.windowEnd - b.windowEnd)) this.#emit(row);
  }

  advanceTo(): void {}

  /** Something of the next window is there. */
  has(rank: number): boolean {
    const { size, slide } = this.#options;
    const all = this.#keys.get(rank) ?? [];
    return this.#news(all) > 0 || (all.length > 0 && size > slide);
  }

  forget(rank: number): ReturnType<ForgettingModel['forget']> {
    const all = this.#keys.get(rank)!;
    this.#keys.delete(rank);
    const { size, slide } = this.#options;
    const isBehindRow = this.#news(all) === 0;
    return { windows: [isBehindRow ? this.#rowOf(all.slice(slide - size)) : this.#rowOf(all)] };
  }

  /** How many records have come since the last row. */
  #news(all: readonly Held[]): number {
    return all.length % this.#options.slide;
  }

  /** The window that ends next, or just has. */
  #rowOf(all: readonly Held[]): ModelRow {
    const { size, slide, throwing } = this.#options;
    const end = Math.ceil(all.length / slide) * slide;
    const held = all.slice(Math.max(0, end - size));
    const times = held.map(({ at }) => at);
    const borders = { windowStart: Math.min(...times), windowEnd: Math.max(...times) + 1 };
    return { ...held[0]!.key, ...borders, ...resultsOf(held, throwing) };
  }
}
