import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';
import { HyperLogLog } from './hyper-log-log.ts';
import { hashOf } from './value-hash.ts';

export function makeApproxDistinct({ bits }: { readonly bits: number }): Accumulators {
  return new ApproxDistinctAccumulators(bits);
}

class ApproxDistinctAccumulators implements Accumulators {
  readonly #bits: number;
  readonly #sketches: (HyperLogLog | undefined)[] = [];

  constructor(bits: number) {
    this.#bits = bits;
  }

  grow(): void {}

  clear(cell: number): void {
    this.#sketches[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    hashOf(value);
    this.#at(cell).addHash();
  }

  result(cell: number): number | null {
    const sketch = this.#sketches[cell];
    return sketch === undefined ? null : Math.round(sketch.estimate());
  }

  merge(into: number, from: number): void {
    const others = this.#sketches[from];
    if (others !== undefined) this.#at(into).add(others);
  }

  snapshot(cells: readonly number[]): Piece {
    return { sketches: cells.map((cell) => this.#sketches[cell]?.snapshot() ?? null) };
  }

  restore(cells: readonly number[], { sketches }: Piece): void {
    cells.forEach((cell, index) => {
      const saved = (sketches as (Uint8Array | Float64Array | null)[])[index];
      this.#sketches[cell] = saved ? new HyperLogLog(this.#bits).restore(saved) : undefined;
    });
  }

  #at(cell: number): HyperLogLog {
    return (this.#sketches[cell] ??= new HyperLogLog(this.#bits));
  }
}
