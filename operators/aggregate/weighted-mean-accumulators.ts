import type { Accumulators } from '../../core/accumulators.ts';
import { isMissing } from '../../core/missing.ts';
import type { Row } from '../../core/row.ts';
import { WideCells } from './wide-cells.ts';

const products = 1;
const productsLost = 2;
const weights = 3;
const weightsLost = 4;
const infinities = 5;
const width = 6;

export interface WeightedMeanRecipe {
  readonly value: string;
  readonly weight: string;
}

export function makeWeightedMean(options: WeightedMeanRecipe): Accumulators {
  return new WeightedMeanAccumulators(options);
}

/** Compensated sums of the weighted values and of the weights (Neumaier 1974). What weighs nothing is not counted. */
class WeightedMeanAccumulators extends WideCells {
  readonly #value: string;
  readonly #weight: string;

  constructor({ value, weight }: WeightedMeanRecipe) {
    super(width);
    this.#value = value;
    this.#weight = weight;
  }

  override add(cell: number, record: unknown): void {
    const value = (record as Row | null | undefined)?.[this.#value];
    const weight = (record as Row | null | undefined)?.[this.#weight];
    if (isMissing(value) || isMissing(weight) || weight === 0) return;
    const { numbers } = this;
    const at = cell * width;
    const product = (value as number) * (weight as number);
    numbers[at] = (numbers[at] as number) + 1;
    if (product - product === 0 && (weight as number) - (weight as number) === 0) {
      this.#plus(at + products, product);
      this.#plus(at + weights, weight as number);
    } else numbers[at + infinities] = (numbers[at + infinities] as number) + 1;
  }

  override result(cell: number): number | null {
    const at = cell * width;
    const { numbers } = this;
    if (numbers[at] === 0 || numbers[at + infinities] !== 0) return null;
    const product = (numbers[at + products] as number) + (numbers[at + productsLost] as number);
    const mean = product / ((numbers[at + weights] as number) + (numbers[at + weightsLost] as number));
    return mean - mean === 0 ? mean : null;
  }

  override merge(into: number, from: number): void {
    this.#shift(into, from, 1);
  }

  subtract(into: number, from: number): void {
    this.#shift(into, from, -1);
    if (this.numbers[into * width] === 0) this.clear(into);
  }

  #shift(into: number, from: number, sign: 1 | -1): void {
    const { numbers } = this;
    const to = into * width;
    const at = from * width;
    this.#plus(to + products, sign * (numbers[at + products] as number));
    this.#plus(to + weights, sign * (numbers[at + weights] as number));
    for (const each of [0, productsLost, weightsLost, infinities] as const) {
      numbers[to + each] = (numbers[to + each] as number) + sign * (numbers[at + each] as number);
    }
  }

  /** Adds to the sum that stands there; what is lost stands behind it. */
  #plus(at: number, value: number): void {
    const { numbers } = this;
    const before = numbers[at] as number;
    const sum = before + value;
    const rest = Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
    numbers[at] = sum;
    numbers[at + 1] = (numbers[at + 1] as number) + rest;
  }
}
