import type { Refusal } from '../../core/processor.ts';

/** Whether an average can take an item: a finite number, or one that is missing (null, undefined, NaN). */
export function isAverageItem(item: unknown): boolean {
  return typeof item === 'number' ? item - item === 0 || item !== item : item === null || item === undefined;
}

/** Why it cannot. `field`: nothing where the records are the numbers. */
export function noAverageItem(field: string | undefined, received: unknown): Refusal {
  return { kind: 'invalid', ...(field === undefined ? {} : { field }), rule: 'a finite number', received };
}
