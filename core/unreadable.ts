import type { Unreadable } from './batch.ts';
import type { Refusal } from './processor.ts';

/** Why a source could not make a record of something. */
export function refusalOf({ field, rule, received, cause }: Unreadable): Refusal {
  return {
    kind: 'invalid',
    rule,
    ...(field === undefined ? {} : { field }),
    ...(received === undefined ? {} : { received }),
    ...(cause === undefined ? {} : { cause }),
  };
}
