import { StreamError } from '../../core/errors.ts';

/** Whatever ended a job, as an error that says so. */
export function asStreamError(cause: unknown): StreamError {
  if (cause instanceof StreamError) return cause;
  return new StreamError('ML_FAILED', `run: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
