import type { Accumulators } from '../../core/accumulators.ts';
import type { Refusal } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { AggregateRecipe } from '../aggregate/aggregate.ts';

export interface NamedAggregate {
  readonly name: string;
  readonly recipe: AggregateRecipe;
}

/** One thing that is read off a record, and the accumulators that want it; none where it is only checked. */
export interface AggregateInput {
  /** Nothing: the record itself. */
  readonly field: string | undefined;
  readonly numeric: boolean;
  readonly names: readonly string[];
  readonly accumulators: readonly Accumulators[];
}

/**
 * Groups aggregates by field, so that each field is read and checked once a record. An aggregate of several fields is handed
 * the record, and its fields are checked with the others.
 */
export function aggregateInputs(aggregates: readonly NamedAggregate[], parts: Parts): readonly AggregateInput[] {
  const checked = new Set(aggregates.flatMap(({ recipe }) => (recipe.numeric ? numbersOf(recipe) : [])));
  const fields = new Set([...aggregates.map(({ recipe }) => recipe.field), ...checked]);
  return [...fields].map((field) => {
    const wanted = aggregates.filter(({ recipe }) => recipe.field === field);
    return {
      field,
      numeric: field !== undefined && checked.has(field),
      names: wanted.map(({ name }) => name),
      accumulators: wanted.map(({ recipe }) => parts.accumulators[recipe.aggregate]!(recipe.options as never)),
    };
  });
}

/** Those that run code of the user's, which may throw: to be asked with `failureOf` before anything is added. */
export function fallibleOf(inputs: readonly AggregateInput[]): readonly Accumulators[] {
  return inputs.flatMap(({ accumulators }) => accumulators.filter((each) => each.prepare !== undefined));
}

/** Why a record cannot be added, if the user's code throws on it; nothing has changed then. `cell` is -1 where it has none yet. */
export function failureOf(
  fallible: readonly Accumulators[],
  cell: number,
  value: unknown,
  timestamp: number,
): Refusal | undefined {
  try {
    for (let i = 0; i < fallible.length; i++) (fallible[i] as Accumulators).prepare?.(cell, value, timestamp);
  } catch (cause: unknown) {
    return { kind: 'failed', rule: 'no error from the callback', cause };
  }
  return undefined;
}

function numbersOf({ field, reads }: AggregateRecipe): readonly string[] {
  if (reads === undefined || reads === 'all') return field === undefined ? [] : [field];
  return reads;
}
