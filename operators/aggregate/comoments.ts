import { isMissing } from '../../core/missing.ts';
import type { Row } from '../../core/row.ts';
import { WideCells } from './wide-cells.ts';

const aOrigin = 1;
const bOrigin = 2;
const aMeans = 3;
const bMeans = 4;
const products = 5;
const aSquares = 6;
const bSquares = 7;
const width = 8;

export interface TwoFields {
  readonly a: string;
  readonly b: string;
}

/**
 * Of two fields: count, means, and the sums of the products and squares of their deviations (Welford 1962; merged as Pébay
 * 2008), all taken from the cell's first values on. Records that miss one of the two are skipped.
 */
export abstract class Comoments extends WideCells {
  readonly #a: string;
  readonly #b: string;

  constructor({ a, b }: TwoFields) {
    super(width);
    this.#a = a;
    this.#b = b;
  }

  override add(cell: number, value: unknown): void {
    const a = (value as Row | null | undefined)?.[this.#a];
    const b = (value as Row | null | undefined)?.[this.#b];
    if (isMissing(a) || isMissing(b)) return;
    const { numbers } = this;
    const at = cell * width;
    const n = (numbers[at] as number) + 1;
    numbers[at] = n;
    if (n === 1) {
      numbers[at + aOrigin] = a as number;
      numbers[at + bOrigin] = b as number;
      return;
    }
    const aDelta = (a as number) - (numbers[at + aOrigin] as number) - (numbers[at + aMeans] as number);
    const bDelta = (b as number) - (numbers[at + bOrigin] as number) - (numbers[at + bMeans] as number);
    const share = (n - 1) / n;
    numbers[at + aMeans] = (numbers[at + aMeans] as number) + aDelta / n;
    numbers[at + bMeans] = (numbers[at + bMeans] as number) + bDelta / n;
    this.#spread(at, aDelta, bDelta, share);
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
    const n = own + others;
    const aDelta = this.#apart(to, at, aOrigin, aMeans);
    const bDelta = this.#apart(to, at, bOrigin, bMeans);
    numbers[to] = n;
    numbers[to + aMeans] = (numbers[to + aMeans] as number) + (aDelta * others) / n;
    numbers[to + bMeans] = (numbers[to + bMeans] as number) + (bDelta * others) / n;
    for (const each of [products, aSquares, bSquares] as const) {
      numbers[to + each] = (numbers[to + each] as number) + (numbers[at + each] as number);
    }
    this.#spread(to, aDelta, bDelta, (own * others) / n);
  }

  protected count(cell: number): number {
    return this.numbers[cell * width] as number;
  }

  /** NaN where a value is infinite. */
  protected product(cell: number): number {
    const at = cell * width;
    const firsts = (this.numbers[at + aOrigin] as number) + (this.numbers[at + bOrigin] as number);
    return (this.numbers[at + products] as number) + (firsts - firsts);
  }

  protected squares(cell: number): readonly [a: number, b: number] {
    const at = cell * width;
    return [this.numbers[at + aSquares] as number, this.numbers[at + bSquares] as number];
  }

  #apart(to: number, at: number, origin: number, means: number): number {
    const { numbers } = this;
    const apart = (numbers[at + origin] as number) - (numbers[to + origin] as number);
    return apart + ((numbers[at + means] as number) - (numbers[to + means] as number));
  }

  #spread(at: number, aDelta: number, bDelta: number, share: number): void {
    const { numbers } = this;
    numbers[at + products] = (numbers[at + products] as number) + aDelta * bDelta * share;
    numbers[at + aSquares] = (numbers[at + aSquares] as number) + aDelta * aDelta * share;
    numbers[at + bSquares] = (numbers[at + bSquares] as number) + bDelta * bDelta * share;
  }
}
