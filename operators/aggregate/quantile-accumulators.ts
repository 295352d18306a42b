import type { Accumulators } from '../../core/accumulators.ts';
import { SortedLists } from './sorted-lists.ts';

/** What stands between two values. */
export type Interpolation = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest';
export const interpolations: readonly Interpolation[] = ['linear', 'lower', 'higher', 'midpoint', 'nearest'];

export interface QuantileRecipe {
  readonly q: number;
  readonly interpolation: Interpolation;
}

export function makeQuantile({ q, interpolation }: QuantileRecipe): Accumulators {
  return new QuantileAccumulators(q, interpolation);
}

export function makeMedian(): Accumulators {
  return new QuantileAccumulators(0.5, 'linear');
}

class QuantileAccumulators extends SortedLists {
  readonly #q: number;
  readonly #interpolation: Interpolation;

  constructor(q: number, interpolation: Interpolation) {
    super();
    this.#q = q;
    this.#interpolation = interpolation;
  }

  override result(cell: number): number | null {
    const numbers = this.sorted(cell);
    if (numbers.length === 0) return null;
    const place = this.#q * (numbers.length - 1);
    const below = Math.floor(place);
    const lower = numbers[below] as number;
    const higher = numbers[Math.ceil(place)] as number;
    // Also of two that are infinite, whose difference is NaN.
    return lower === higher ? lower : between(lower, higher, place - below, below, this.#interpolation);
  }
}

function between(lower: number, higher: number, fraction: number, below: number, interpolation: Interpolation): number {
  if (fraction === 0) return lower;
  switch (interpolation) {
    case 'lower':
      return lower;
    case 'higher':
      return higher;
    case 'midpoint':
      return at(lower, higher, 0.5);
    case 'nearest':
      // Halfway, the one whose place is even, as numpy and pandas have it.
      return fraction < 0.5 || (fraction === 0.5 && below % 2 === 0) ? lower : higher;
    default:
      return at(lower, higher, fraction);
  }
}

function at(lower: number, higher: number, fraction: number): number {
  // In the middle the mean, which is rounded only once. What stands between two numbers is one, though their sum or difference may not be.
  const [sum, apart] = [lower + higher, higher - lower];
  if (fraction === 0.5) return sum - sum === 0 ? sum / 2 : lower / 2 + higher / 2;
  return apart - apart === 0 ? lower + apart * fraction : lower * (1 - fraction) + higher * fraction;
}
