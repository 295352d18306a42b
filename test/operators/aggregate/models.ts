import type { Added } from './accumulator-laws.ts';

/** `null` of nothing. */
export function orNull<V, R>(of: (values: readonly V[]) => R): (values: readonly V[]) => R | null {
  return (values) => (values.length === 0 ? null : of(values));
}

export function sum(values: readonly number[]): number {
  return values.reduce((before, value) => before + value, 0);
}

export const mean: (values: readonly number[]) => number | null = orNull((values) => sum(values) / values.length);

/** The sum of this power of the deviations from the mean. */
function power(values: readonly number[], exponent: number): number {
  const middle = mean(values) ?? 0;
  return sum(values.map((value) => (value - middle) ** exponent));
}

export function variance(values: readonly number[], ddof: number): number | null {
  return values.length <= ddof ? null : power(values, 2) / (values.length - ddof);
}

export function rooted(value: number | null, n = 1): number | null {
  return value === null ? null : Math.sqrt(value / n);
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** G1 of Joanes and Gill 1998. */
export function skewness(values: readonly number[]): number | null {
  const n = values.length;
  if (n < 3) return null;
  if (isConstant(values)) return 0;
  const biased = power(values, 3) / n / (power(values, 2) / n) ** 1.5;
  return (biased * Math.sqrt(n * (n - 1))) / (n - 2);
}

/** G2 of the same. */
export function kurtosis(values: readonly number[]): number | null {
  const n = values.length;
  if (n < 4) return null;
  if (isConstant(values)) return -3;
  const biased = power(values, 4) / n / (power(values, 2) / n) ** 2 - 3;
  return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * biased + 6);
}

type Pairs = readonly (readonly [number, number])[];

export function covariance(pairs: Pairs, ddof: number): number | null {
  if (pairs.length <= ddof) return null;
  const [a, b] = [mean(pairs.map(([each]) => each)) ?? 0, mean(pairs.map(([, each]) => each)) ?? 0];
  return sum(pairs.map(([x, y]) => (x - a) * (y - b))) / (pairs.length - ddof);
}

export function correlation(pairs: Pairs): number | null {
  const [a, b] = [pairs.map(([each]) => each), pairs.map(([, each]) => each)];
  if (isConstant(a) || isConstant(b)) return null;
  return (covariance(pairs, 0) as number) / Math.sqrt((variance(a, 0) as number) * (variance(b, 0) as number));
}

export function weightedMean(pairs: Pairs): number | null {
  const weight = sum(pairs.map(([, each]) => each));
  return weight === 0 ? null : sum(pairs.map(([value, each]) => value * each)) / weight;
}

export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (values.length - 1);
  const [lower, higher] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return lower + (higher - lower) * (place - Math.floor(place));
}

/** The value of the earliest, or of the latest; of equal ones the first, or the last. */
export function byTime(added: readonly Added[], place: number): number | null {
  return added.toSorted((a, b) => a.time - b.time).at(place)?.value ?? null;
}

/** Looks at the value that holds in each millisecond. */
export function timeWeightedMean(added: readonly Added[], end: number): number | null {
  const sorted = added.toSorted((a, b) => a.time - b.time);
  const held: number[] = [];
  for (let at = sorted[0]?.time ?? end; at < end; at++) {
    held.push(sorted.findLast(({ time }) => time <= at)?.value as number);
  }
  return mean(held);
}

export function counterRate(added: readonly Added[]): number | null {
  const sorted = added.toSorted((a, b) => a.time - b.time);
  const length = (sorted.at(-1)?.time ?? 0) - (sorted[0]?.time ?? 0);
  if (length === 0) return null;
  const growths = sorted.slice(1).map(({ value }, index) => {
    const before = sorted[index]?.value as number;
    return value >= before ? value - before : value;
  });
  return sum(growths) / length;
}

/** Of equal counts the one that came first. */
export function topK(added: readonly Added<unknown>[], k: number): readonly object[] | null {
  if (added.length === 0) return null;
  const values = [...new Set(added.map(({ value }) => value))];
  return values
    .map((value) => ({ value, count: added.filter((each) => each.value === value).length }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, k);
}
