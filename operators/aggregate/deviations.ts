import { WideCells } from './wide-cells.ts';

const origin = 1;
const means = 2;
const squares = 3;
const width = 4;

/**
 * Count, mean and sum of squared deviations (Welford 1962; merged as Chan, Golub, LeVeque 1979). All is taken from the cell's
 * first value on: where values lie close together and far from zero, their differences are exact and their squares are not lost.
 */
export abstract class Deviations extends WideCells {
  constructor() {
    super(width);
  }

  override add(cell: number, value: unknown): void {
    const { numbers } = this;
    const at = cell * width;
    const count = (numbers[at] as number) + 1;
    numbers[at] = count;
    if (count === 1) {
      numbers[at + origin] = value as number;
      return;
    }
    const distance = (value as number) - (numbers[at + origin] as number);
    const before = numbers[at + means] as number;
    const delta = distance - before;
    const mean = before + delta / count;
    numbers[at + means] = mean;
    numbers[at + squares] = (numbers[at + squares] as number) + delta * (distance - mean);
  }

  override merge(into: number, from: number): void {
    const { numbers } = this;
    const to = into * width;
    const at = from * width;
    const [own, others] = [numbers[to] as number, numbers[at] as number];
    if (others === 0) return;
    if (own === 0) {
      this.copy(into, from);
      return;
    }
    const count = own + others;
    const apart = (numbers[at + origin] as number) - (numbers[to + origin] as number);
    const delta = apart + ((numbers[at + means] as number) - (numbers[to + means] as number));
    numbers[to] = count;
    numbers[to + means] = (numbers[to + means] as number) + (delta * others) / count;
    numbers[to + squares] =
      (numbers[to + squares] as number) + (numbers[at + squares] as number) + delta * delta * ((own * others) / count);
  }

  protected count(cell: number): number {
    return this.numbers[cell * width] as number;
  }

  /** `null` for too few values, and where one is infinite or its square too large for a number. */
  protected varianceOf(cell: number, ddof: number): number | null {
    const at = cell * width;
    const degrees = (this.numbers[at] as number) - ddof;
    const first = this.numbers[at + origin] as number;
    if (degrees <= 0 || first - first !== 0) return null;
    const variance = (this.numbers[at + squares] as number) / degrees;
    return variance - variance === 0 ? variance : null;
  }
}
