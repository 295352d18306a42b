/**
 * How often a property is tried: as MILLRACE_RUNS says, else so many times that a suite stays quick at a desk. `.ci/run` says
 * 1,000.
 */
export const runs: number = Number(process.env['MILLRACE_RUNS'] ?? 100);

if (!Number.isSafeInteger(runs) || runs < 1) {
  throw new Error(`MILLRACE_RUNS must be a whole number of at least 1, got ${process.env['MILLRACE_RUNS']}`);
}

/** How long a test may take that tries so often, on a machine that has other things to do. */
export const patience: { readonly timeout: number } = { timeout: 10_000 + 300 * runs };
