import { hash } from './value-hash.ts';

/**
 * HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) over hashes of 64 bits, with the estimator of Ertl 2017 (arXiv
 * 1702.01284, algorithm 6), which needs no correction for few or many values. A set with few values keeps their hashes.
 */
export class HyperLogLog {
  readonly #bits: number;
  /** Of few values: their hashes. */
  #few: Set<number> | undefined = new Set();
  #registers: Uint8Array | undefined;

  /** 2 to the power of `bits` registers. */
  constructor(bits: number) {
    this.#bits = bits;
  }

  /** Adds the value whose hash was just made. */
  addHash(): void {
    // The 21 upper bits and the 32 lower ones are as much as a number holds; a register is chosen by the lower ones.
    if (this.#few === undefined) this.#register(hash.low, hash.high);
    else this.#keep((hash.high & 0x1fffff) * 2 ** 32 + hash.low);
  }

  add(other: HyperLogLog): void {
    if (other.#few !== undefined) {
      for (const each of other.#few) {
        if (this.#few === undefined) this.#registerKept(each);
        else this.#keep(each);
      }
      return;
    }
    const own = this.#opened();
    (other.#registers as Uint8Array).forEach((rank, index) => {
      if (rank > (own[index] as number)) own[index] = rank;
    });
  }

  estimate(): number {
    return this.#few === undefined ? estimated(this.#registers as Uint8Array, this.#bits) : this.#few.size;
  }

  snapshot(): Float64Array | Uint8Array {
    return this.#few === undefined ? (this.#registers as Uint8Array).slice() : Float64Array.from(this.#few);
  }

  restore(saved: Float64Array | Uint8Array): this {
    if (saved instanceof Uint8Array) {
      this.#few = undefined;
      this.#registers = saved.slice();
    } else this.#few = new Set(saved);
    return this;
  }

  #keep(kept: number): void {
    const few = this.#few as Set<number>;
    few.add(kept);
    // A kept hash costs about as much as 64 registers.
    if (few.size > 2 ** this.#bits / 64) this.#opened();
  }

  #opened(): Uint8Array {
    if (this.#registers === undefined) {
      const few = this.#few as Set<number>;
      this.#registers = new Uint8Array(2 ** this.#bits);
      this.#few = undefined;
      for (const each of few) this.#registerKept(each);
    }
    return this.#registers;
  }

  #registerKept(kept: number): void {
    this.#register(kept % 2 ** 32, Math.floor(kept / 2 ** 32));
  }

  #register(low: number, high: number): void {
    const registers = this.#registers as Uint8Array;
    const index = low >>> (32 - this.#bits);
    const rest = (low << this.#bits) >>> 0;
    // The place of the first bit that is set: in what the index leaves of the lower word, then in 21 bits of the upper one.
    const rank =
      rest !== 0 ? Math.clz32(rest) + 1 : 32 - this.#bits + Math.min(Math.clz32((high << 11) >>> 0), upperBits) + 1;
    if (rank > (registers[index] as number)) registers[index] = rank;
  }
}

const upperBits = 21;

function estimated(registers: Uint8Array, bits: number): number {
  const ranks = 32 - bits + upperBits;
  const counts = new Float64Array(ranks + 2);
  for (const rank of registers) counts[rank] = (counts[rank] as number) + 1;
  const m = registers.length;
  let sum = m * tau(1 - (counts[ranks + 1] as number) / m);
  for (let rank = ranks; rank >= 1; rank--) sum = 0.5 * (sum + (counts[rank] as number));
  sum += m * sigma((counts[0] as number) / m);
  return (m / (2 * Math.LN2)) * (m / sum);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [x, y, sum, before] = [share, 1, share, Number.NaN];
  while (sum !== before) {
    x *= x;
    before = sum;
    sum += x * y;
    y += y;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, sum, before] = [share, 1, 1 - share, Number.NaN];
  while (sum !== before) {
    x = Math.sqrt(x);
    before = sum;
    y *= 0.5;
    sum -= (1 - x) ** 2 * y;
  }
  return sum / 3;
}
