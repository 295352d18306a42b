import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';
import { identityOf } from './identity.ts';

/** A value, and how often it came. */
export interface ValueCount {
  readonly value: unknown;
  readonly count: number;
}

interface Counted {
  readonly value: unknown;
  count: number;
  /** The place of the first of them among all that came to any cell. */
  seen: number;
}

export function makeTopK({ k }: { readonly k: number }): Accumulators {
  return new TopKAccumulators(k);
}

class TopKAccumulators implements Accumulators {
  readonly #k: number;
  /** By cell, then by identity. */
  readonly #counted: (Map<unknown, Counted> | undefined)[] = [];
  #arrived = 0;

  constructor(k: number) {
    this.#k = k;
  }

  grow(): void {}

  clear(cell: number): void {
    this.#counted[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    this.#plus(cell, identityOf(value), value, 1, this.#arrived++);
  }

  result(cell: number): readonly ValueCount[] | null {
    const counted = this.#counted[cell];
    return counted === undefined ? null : mostFrequent(counted.values(), this.#k);
  }

  merge(into: number, from: number): void {
    const others = this.#counted[from];
    if (others === undefined) return;
    for (const [identity, { value, count, seen }] of others) this.#plus(into, identity, value, count, seen);
  }

  snapshot(cells: readonly number[]): Piece {
    const all = cells.map((cell) => [...(this.#counted[cell]?.values() ?? [])]);
    return {
      values: all.map((each) => each.map(({ value }) => value)),
      counts: all.map((each) => Float64Array.from(each, ({ count }) => count)),
      seen: all.map((each) => Float64Array.from(each, ({ seen }) => seen)),
      arrived: this.#arrived,
    };
  }

  restore(cells: readonly number[], { values, counts, seen, arrived }: Piece): void {
    cells.forEach((cell, index) => {
      const [numbers, places] = [(counts as Float64Array[])[index], (seen as Float64Array[])[index]];
      ((values as unknown[][])[index] as unknown[]).forEach((value, at) => {
        this.#plus(cell, identityOf(value), value, numbers?.[at] as number, places?.[at] as number);
      });
    });
    this.#arrived = Math.max(this.#arrived, arrived as number);
  }

  #plus(cell: number, identity: unknown, value: unknown, count: number, seen: number): void {
    const counted = (this.#counted[cell] ??= new Map());
    const known = counted.get(identity);
    if (known === undefined) counted.set(identity, { value, count, seen });
    else {
      known.count += count;
      known.seen = Math.min(known.seen, seen);
    }
  }
}

/** The `k` with the largest counts; of equal ones those seen first. */
export function mostFrequent(counted: Iterable<Counted>, k: number): readonly ValueCount[] {
  const sorted = [...counted].toSorted((a, b) => b.count - a.count || a.seen - b.seen);
  return sorted.slice(0, k).map(({ value, count }) => ({ value, count }));
}
