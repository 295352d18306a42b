import { WideCells } from './wide-cells.ts';

const sums = 1;
const lost = 2;
const infinities = 3;
const width = 4;
/** Positive infinities are counted below this, negative ones above. */
const negative = 2 ** 26;

/**
 * Count and compensated sum (Neumaier 1974; Knuth, The Art of Computer Programming 2, 4.2.2): what rounding loses is kept beside
 * the sum and added at the end. Infinite values are only counted, so that a cell from which they have been taken again has the sum
 * of the others.
 */
export abstract class CompensatedSums extends WideCells {
  constructor() {
    super(width);
  }

  /** As short as may be, for what calls it to be compiled into one piece with it: Knuth asks which is larger by no comparison. */
  override add(cell: number, value: unknown): void {
    const at = cell * width;
    const { numbers } = this;
    const before = numbers[at + sums] as number;
    const sum = before + (value as number);
    const added = sum - before;
    const rest = before - (sum - added) + ((value as number) - added);
    // Where something is infinite, or becomes so on the way.
    if (rest !== rest) {
      this.#addLarge(at, value as number);
      return;
    }
    numbers[at] = (numbers[at] as number) + 1;
    numbers[at + sums] = sum;
    numbers[at + lost] = (numbers[at + lost] as number) + rest;
  }

  override clear(cell: number): void {
    const at = cell * width;
    const { numbers } = this;
    numbers[at] = 0;
    numbers[at + sums] = 0;
    numbers[at + lost] = 0;
    numbers[at + infinities] = 0;
  }

  override merge(into: number, from: number): void {
    this.#shift(into, from, 1);
  }

  subtract(into: number, from: number): void {
    this.#shift(into, from, -1);
    if (this.count(into) === 0) this.clear(into);
  }

  protected count(cell: number): number {
    return this.numbers[cell * width] as number;
  }

  /** A sum that has overflowed has no rounding error, and its compensation would be NaN. */
  protected sum(cell: number): number {
    const at = cell * width;
    const infinite = this.numbers[at + infinities] as number;
    if (infinite !== 0) {
      if (infinite < negative) return Number.POSITIVE_INFINITY;
      return infinite % negative === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
    }
    const sum = this.numbers[at + sums] as number;
    return sum - sum === 0 ? sum + (this.numbers[at + lost] as number) : sum;
  }

  #addLarge(at: number, value: number): void {
    const { numbers } = this;
    numbers[at] = (numbers[at] as number) + 1;
    if (value - value === 0) this.#plus(at, value);
    else numbers[at + infinities] = (numbers[at + infinities] as number) + (value > 0 ? 1 : negative);
  }

  #shift(into: number, from: number, sign: 1 | -1): void {
    const { numbers } = this;
    const to = into * width;
    const at = from * width;
    numbers[to] = (numbers[to] as number) + sign * (numbers[at] as number);
    this.#plus(to, sign * (numbers[at + sums] as number));
    numbers[to + lost] = (numbers[to + lost] as number) + sign * (numbers[at + lost] as number);
    numbers[to + infinities] = (numbers[to + infinities] as number) + sign * (numbers[at + infinities] as number);
  }

  #plus(at: number, value: number): void {
    const { numbers } = this;
    const before = numbers[at + sums] as number;
    const sum = before + value;
    const rest = Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
    numbers[at + sums] = sum;
    numbers[at + lost] = (numbers[at + lost] as number) + rest;
  }
}
