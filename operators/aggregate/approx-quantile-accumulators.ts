import type { Accumulators } from '../../core/accumulators.ts';
import type { Piece } from '../../core/snapshot.ts';
import { RelativeBuckets } from './relative-buckets.ts';

export interface ApproxQuantileRecipe {
  readonly q: number;
  readonly accuracy: number;
}

/** Buckets of the positive and of the negative values, by their size. */
interface Sketch {
  readonly positive: RelativeBuckets;
  readonly negative: RelativeBuckets;
  zeros: number;
}

export function makeApproxQuantile(options: ApproxQuantileRecipe): Accumulators {
  return new ApproxQuantileAccumulators(options);
}

/**
 * DDSketch (Masson, Rim, Lee 2019) with buckets that are never collapsed: bucket `i` holds the sizes in (g^(i-1), g^i], where
 * g = (1 + accuracy) / (1 - accuracy), and stands for 2 g^i / (g + 1), which is within `accuracy` of all of them.
 */
class ApproxQuantileAccumulators implements Accumulators {
  readonly #q: number;
  readonly #logBase: number;
  readonly #middle: number;
  readonly #sketches: (Sketch | undefined)[] = [];

  constructor({ q, accuracy }: ApproxQuantileRecipe) {
    this.#q = q;
    this.#logBase = Math.log1p((2 * accuracy) / (1 - accuracy));
    // The middle of a bucket against its upper border: 2 / (g + 1).
    this.#middle = 1 - accuracy;
  }

  grow(): void {}

  clear(cell: number): void {
    this.#sketches[cell] = undefined;
  }

  add(cell: number, value: unknown): void {
    const sketch = this.#at(cell);
    const number = value as number;
    if (number > 0) sketch.positive.plus(this.#bucketOf(number), 1);
    else if (number < 0) sketch.negative.plus(this.#bucketOf(-number), 1);
    else sketch.zeros++;
  }

  result(cell: number): number | null {
    const sketch = this.#sketches[cell];
    if (sketch === undefined) return null;
    const { positive, negative, zeros } = sketch;
    const rank = Math.floor(this.#q * (positive.total + negative.total + zeros - 1));
    if (rank < negative.total) return -this.#sizeOf(negative.at(rank, 'highest'));
    const rest = rank - negative.total - zeros;
    return rest < 0 ? 0 : this.#sizeOf(positive.at(rest, 'lowest'));
  }

  merge(into: number, from: number): void {
    this.#shift(into, from, 1);
  }

  subtract(into: number, from: number): void {
    this.#shift(into, from, -1);
    const { positive, negative, zeros } = this.#at(into);
    if (positive.total + negative.total + zeros === 0) this.clear(into);
  }

  snapshot(cells: readonly number[]): Piece {
    return {
      sketches: cells.map((cell) => {
        const sketch = this.#sketches[cell];
        if (sketch === undefined) return null;
        const { positive, negative, zeros } = sketch;
        return { positive: positive.snapshot(), negative: negative.snapshot(), zeros };
      }),
    };
  }

  restore(cells: readonly number[], { sketches }: Piece): void {
    cells.forEach((cell, index) => {
      const saved = (sketches as ({ positive: Piece; negative: Piece; zeros: number } | null)[])[index];
      this.#sketches[cell] =
        saved === null || saved === undefined
          ? undefined
          : {
              positive: new RelativeBuckets().restore(saved.positive),
              negative: new RelativeBuckets().restore(saved.negative),
              zeros: saved.zeros,
            };
    });
  }

  #shift(into: number, from: number, sign: 1 | -1): void {
    const others = this.#sketches[from];
    if (others === undefined) return;
    const own = this.#at(into);
    own.positive.shift(others.positive, sign);
    own.negative.shift(others.negative, sign);
    own.zeros += sign * others.zeros;
  }

  #at(cell: number): Sketch {
    return (this.#sketches[cell] ??= { positive: new RelativeBuckets(), negative: new RelativeBuckets(), zeros: 0 });
  }

  /** Infinity has a bucket of its own, behind that of the largest number. */
  #bucketOf(size: number): number {
    const log = size === Number.POSITIVE_INFINITY ? largestLog + 2 * this.#logBase : Math.log(size);
    return Math.ceil(log / this.#logBase);
  }

  #sizeOf(bucket: number): number {
    if ((bucket - 1) * this.#logBase > largestLog) return Number.POSITIVE_INFINITY;
    const power = Math.exp(bucket * this.#logBase + Math.log(this.#middle));
    return Math.min(power, Number.MAX_VALUE);
  }
}

const largestLog = Math.log(Number.MAX_VALUE);
