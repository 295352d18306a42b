/** What every operator means by a missing value: `null`, `undefined` and `NaN`. */
export function isMissing(value: unknown): value is null | undefined {
  // NaN is the only value that differs from itself.
  return value === null || value === undefined || value !== value;
}
