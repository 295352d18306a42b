import { WideCells } from './wide-cells.ts';

const origin = 1;
const means = 2;
const squares = 3;
const cubes = 4;
const fourths = 5;
const width = 6;

/**
 * Count, mean and the sums of the second to fourth power of the deviations (Pébay 2008, SAND2008-6212), all taken from the
 * cell's first value on.
 */
export abstract class Moments extends WideCells {
  constructor() {
    super(width);
  }

  override add(cell: number, value: unknown): void {
    const { numbers } = this;
    const at = cell * width;
    const before = numbers[at] as number;
    const n = before + 1;
    numbers[at] = n;
    if (before === 0) {
      numbers[at + origin] = value as number;
      return;
    }
    const mean = numbers[at + means] as number;
    const m2 = numbers[at + squares] as number;
    const m3 = numbers[at + cubes] as number;
    const delta = (value as number) - (numbers[at + origin] as number) - mean;
    const step = delta / n;
    const term = delta * step * before;
    numbers[at + means] = mean + step;
    numbers[at + squares] = m2 + term;
    numbers[at + cubes] = m3 + term * step * (n - 2) - 3 * step * m2;
    numbers[at + fourths] =
      (numbers[at + fourths] as number) +
      term * step * step * (n * n - 3 * n + 3) +
      6 * step * step * m2 -
      4 * step * m3;
  }

  override merge(into: number, from: number): void {
    const { numbers } = this;
    const to = into * width;
    const at = from * width;
    const [a, b] = [numbers[to] as number, numbers[at] as number];
    if (b === 0) return;
    if (a === 0) {
      this.copy(into, from);
      return;
    }
    const n = a + b;
    const [a2, b2] = [numbers[to + squares] as number, numbers[at + squares] as number];
    const [a3, b3] = [numbers[to + cubes] as number, numbers[at + cubes] as number];
    const [a4, b4] = [numbers[to + fourths] as number, numbers[at + fourths] as number];
    const apart = (numbers[at + origin] as number) - (numbers[to + origin] as number);
    const delta = apart + ((numbers[at + means] as number) - (numbers[to + means] as number));
    const [ours, theirs] = [a / n, b / n];
    const square = delta * delta;
    numbers[to] = n;
    numbers[to + means] = (numbers[to + means] as number) + delta * theirs;
    numbers[to + squares] = a2 + b2 + square * a * theirs;
    numbers[to + cubes] =
      a3 + b3 + square * delta * a * theirs * (ours - theirs) + 3 * delta * (ours * b2 - theirs * a2);
    numbers[to + fourths] =
      a4 +
      b4 +
      square * square * a * theirs * (ours * ours - ours * theirs + theirs * theirs) +
      6 * square * (ours * ours * b2 + theirs * theirs * a2) +
      4 * delta * (ours * b3 - theirs * a3);
  }

  protected count(cell: number): number {
    return this.numbers[cell * width] as number;
  }

  /** NaN where a value is infinite. */
  protected second(cell: number): number {
    const first = this.numbers[cell * width + origin] as number;
    return (this.numbers[cell * width + squares] as number) + (first - first);
  }

  protected third(cell: number): number {
    return this.numbers[cell * width + cubes] as number;
  }

  protected fourth(cell: number): number {
    return this.numbers[cell * width + fourths] as number;
  }
}
