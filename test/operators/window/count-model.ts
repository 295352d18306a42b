import { type Emit, type Held, resultsOf, type WindowModel } from './window-model.ts';

export interface CountModelOptions {
  readonly size: number;
  readonly slide: number;
  readonly throwing: boolean;
}

/** Keeps every record of a key for ever, and looks at the last ones. */
export class CountModel implements WindowModel {
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
    if (all.length % slide === 0) this.#emit(this.#rowOf(all, all.length));
    return undefined;
  }

  moveTo(at: number): void {
    if (at < Number.POSITIVE_INFINITY) return;
    const { slide } = this.#options;
    const left = [...this.#keys].filter(([, all]) => all.length % slide > 0).toSorted(([a], [b]) => a - b);
    const rows = left.map(([, all]) => this.#rowOf(all, Math.ceil(all.length / slide) * slide));
    for (const row of rows.toSorted((a, b) => a.windowEnd - b.windowEnd)) this.#emit(row);
  }

  advanceTo(): void {}

  /** The window that ends with the record at this place, which may have still to come. */
  #rowOf(all: readonly Held[], place: number) {
    const { size, throwing } = this.#options;
    const held = all.slice(Math.max(0, place - size));
    const times = held.map(({ at }) => at);
    const borders = { windowStart: Math.min(...times), windowEnd: Math.max(...times) + 1 };
    return { ...held[0]!.key, ...borders, ...resultsOf(held, throwing) };
  }
}
