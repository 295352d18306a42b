import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';
import { identityOf } from './identity.ts';

export function makeDistinct(): Accumulators {
  return new DistinctAccumulators();
}

/** By cell: how often each value came, so that it goes with the last of them. */
class DistinctAccumulators implements Accumulators {
  readonly #counts: (Map<unknown, number> | undefined)[] = [];

  grow(): void {}

  clear(cell: number): void {
    this.#counts[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    const counts = this.#at(cell);
    const identity = identityOf(value);
    counts.set(identity, (counts.get(identity) ?? 0) + 1);
  }

  result(cell: number): number | null {
    return this.#counts[cell]?.size ?? null;
  }

  merge(into: number, from: number): void {
    const others = this.#counts[from];
    if (others === undefined) return;
    const own = this.#at(into);
    for (const [identity, count] of others) own.set(identity, (own.get(identity) ?? 0) + count);
  }

  subtract(into: number, from: number): void {
    const others = this.#counts[from];
    if (others === undefined) return;
    const own = this.#at(into);
    for (const [identity, count] of others) {
      const left = (own.get(identity) ?? 0) - count;
      if (left > 0) own.set(identity, left);
      else own.delete(identity);
    }
    if (own.size === 0) this.clear(into);
  }

  snapshot(cells: readonly number[]): Piece {
    const all = cells.map((cell) => [...(this.#counts[cell] ?? [])]);
    return {
      identities: all.map((each) => each.map(([identity]) => identity)),
      counts: all.map((each) => Float64Array.from(each, ([, count]) => count)),
    };
  }

  restore(cells: readonly number[], { identities, counts }: Piece): void {
    cells.forEach((cell, index) => {
      const values = (identities as unknown[][])[index] ?? [];
      const numbers = (counts as Float64Array[])[index] as Float64Array;
      if (values.length > 0) this.#counts[cell] = new Map(values.map((each, at) => [each, numbers[at] as number]));
    });
  }

  #at(cell: number): Map<unknown, number> {
    return (this.#counts[cell] ??= new Map());
  }
}
