import type { Accumulators } from '../../core/accumulators.ts';
import type { Parts } from '../../core/recipe.ts';
import type { AggregateRecipe } from '../aggregate/aggregate.ts';

export interface NamedAggregate {
  readonly name: string;
  readonly recipe: AggregateRecipe;
}

/** One thing that is read off a record, and the accumulators that want it. */
export interface AggregateInput {
  /** Nothing: the record itself. */
  readonly field: string | undefined;
  readonly numeric: boolean;
  readonly names: readonly string[];
  readonly accumulators: readonly Accumulators[];
}

/** Groups aggregates by field, so that each field is read and checked once a record. */
export function aggregateInputs(aggregates: readonly NamedAggregate[], parts: Parts): readonly AggregateInput[] {
  const fields = [...new Set(aggregates.map(({ recipe }) => recipe.field))];
  return fields.map((field) => {
    const wanted = aggregates.filter(({ recipe }) => recipe.field === field);
    return {
      field,
      numeric: wanted.some(({ recipe }) => recipe.numeric),
      names: wanted.map(({ name }) => name),
      accumulators: wanted.map(({ recipe }) => parts.accumulators[recipe.aggregate]!(recipe.options as never)),
    };
  });
}
