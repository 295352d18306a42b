import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';
import { SpaceSaving } from './space-saving.ts';
import { mostFrequent, type ValueCount } from './top-k-accumulators.ts';

export interface ApproxTopKRecipe {
  readonly k: number;
  readonly capacity: number;
}

export function makeApproxTopK(options: ApproxTopKRecipe): Accumulators {
  return new ApproxTopKAccumulators(options);
}

class ApproxTopKAccumulators implements Accumulators {
  readonly #k: number;
  readonly #capacity: number;
  readonly #sketches: (SpaceSaving | undefined)[] = [];
  #arrived = 0;

  constructor({ k, capacity }: ApproxTopKRecipe) {
    this.#k = k;
    this.#capacity = capacity;
  }

  grow(): void {}

  clear(cell: number): void {
    this.#sketches[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    this.#at(cell).add(value, this.#arrived++);
  }

  result(cell: number): readonly ValueCount[] | null {
    const sketch = this.#sketches[cell];
    return sketch === undefined ? null : mostFrequent(sketch.counters, this.#k);
  }

  merge(into: number, from: number): void {
    const others = this.#sketches[from];
    if (others !== undefined) this.#at(into).merge(others);
  }

  snapshot(cells: readonly number[]): Piece {
    return { sketches: cells.map((cell) => this.#sketches[cell]?.snapshot() ?? null), arrived: this.#arrived };
  }

  restore(cells: readonly number[], { sketches, arrived }: Piece): void {
    cells.forEach((cell, index) => {
      const saved = (sketches as (Piece | null)[])[index];
      this.#sketches[cell] = saved ? new SpaceSaving(this.#capacity).restore(saved) : undefined;
    });
    this.#arrived = Math.max(this.#arrived, arrived as number);
  }

  #at(cell: number): SpaceSaving {
    return (this.#sketches[cell] ??= new SpaceSaving(this.#capacity));
  }
}
