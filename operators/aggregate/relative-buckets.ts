import type { Piece } from '../../core/snapshot.ts';

/** Buckets are counted in blocks of so many: neighbours are wanted together, and far ones cost nothing in between. */
const blockSize = 32;

type Block = Float64Array<ArrayBuffer>;

/** Counts of numbered buckets. */
export class RelativeBuckets {
  /** By their number: that of their first bucket, through the size. */
  readonly #blocks = new Map<number, Block>();
  #recent = Number.NaN;
  #counts: Block = none;
  total = 0;

  plus(bucket: number, count: number): void {
    const number = Math.floor(bucket / blockSize);
    const counts = number === this.#recent ? this.#counts : this.#block(number);
    const at = bucket - number * blockSize;
    counts[at] = (counts[at] as number) + count;
    this.total += count;
  }

  /** `sign` -1 takes away what was added before. */
  shift(others: RelativeBuckets, sign: 1 | -1): void {
    for (const [number, counts] of others.#blocks) {
      const own = this.#block(number);
      counts.forEach((count, at) => {
        own[at] = (own[at] as number) + sign * count;
      });
      if (sign < 0 && own.every((count) => count === 0)) this.#drop(number);
    }
    this.total += sign * others.total;
  }

  /** The bucket of the one that has `rank` others before it, from the lowest on or from the highest; NaN where there are not so many. */
  at(rank: number, from: 'lowest' | 'highest'): number {
    const numbers = [...this.#blocks.keys()].toSorted((a, b) => (from === 'lowest' ? a - b : b - a));
    let before = 0;
    for (const number of numbers) {
      const counts = this.#blocks.get(number) as Block;
      for (let i = 0; i < blockSize; i++) {
        const at = from === 'lowest' ? i : blockSize - 1 - i;
        before += counts[at] as number;
        if (before > rank) return number * blockSize + at;
      }
    }
    return Number.NaN;
  }

  snapshot(): Piece {
    const blocks = [...this.#blocks];
    const counts = new Float64Array(blocks.length * blockSize);
    blocks.forEach(([, each], index) => counts.set(each, index * blockSize));
    return { blocks: Float64Array.from(blocks, ([number]) => number), counts };
  }

  restore({ blocks, counts }: Piece): this {
    (blocks as Float64Array).forEach((number, index) => {
      const own = (counts as Block).slice(index * blockSize, (index + 1) * blockSize);
      this.#blocks.set(number, own);
      this.total += own.reduce((sum, count) => sum + count, 0);
    });
    return this;
  }

  #block(number: number): Block {
    let counts = this.#blocks.get(number);
    if (counts === undefined) {
      counts = new Float64Array(blockSize);
      this.#blocks.set(number, counts);
    }
    this.#recent = number;
    this.#counts = counts;
    return counts;
  }

  #drop(number: number): void {
    this.#blocks.delete(number);
    this.#recent = Number.NaN;
  }
}

const none: Block = new Float64Array(0);
