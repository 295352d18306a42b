import { ArgumentError } from '../../core/errors.ts';
import { optionsObject } from '../../core/guards.ts';

export interface DdofOptions {
  /** What is taken from the number of values before it divides: 1 (default) for a sample of something larger, 0 for all there is. */
  readonly ddof?: 0 | 1;
}

/** The checked options of a spread, as plain data. */
export function ddofOf(where: string, options: DdofOptions): { readonly ddof: 0 | 1 } {
  const { ddof = 1 } = optionsObject<DdofOptions>(where, options, ['ddof']);
  if (ddof !== 0 && ddof !== 1) throw new ArgumentError(where, 'ddof', '0 or 1', ddof);
  return { ddof };
}
