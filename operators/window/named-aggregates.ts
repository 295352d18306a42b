import { ArgumentError } from '../../core/errors.ts';
import { namedEntries } from '../../core/guards.ts';
import type { Processor } from '../../core/processor.ts';
import type { FieldUse, Parts } from '../../core/recipe.ts';
import type { Aggregate, AggregateRecipe, Aggregates } from '../aggregate/aggregate.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';

/** The aggregates of a window under the names of their results, checked. */
export function namedAggregates(where: string, given: unknown): readonly NamedAggregate[] {
  if (typeof given === 'object' && given !== null && 'recipe' in given && 'make' in given) {
    const hint = "give it the name of the result, as in { mean: mean('temperature') }";
    throw new ArgumentError(where, 'aggregate', 'an object with at least one entry', given, hint);
  }
  return namedEntries<Aggregate<never, unknown>>(where, 'aggregate', given).map(([name, value]) => {
    if (typeof value !== 'object' || value === null || !('recipe' in value)) {
      throw new ArgumentError(where, `aggregate.${name}`, "an aggregate such as mean('temperature')", value);
    }
    return { name, recipe: value.recipe };
  });
}

/** A maker that brings the makers of these aggregates along, for an engine that has no list of its own. */
export function withAggregates<O>(
  make: (options: O, parts: Parts) => Processor,
  given: Aggregates<never>,
): (options: O, parts: Parts) => Processor {
  const own = Object.fromEntries(Object.values(given).map((each) => [each.recipe.aggregate, each.make]));
  return (options, parts) => make(options, { ...parts, accumulators: { ...own, ...parts.accumulators } });
}

/** The fields that they read. */
export function fieldsOf(aggregates: readonly NamedAggregate[]): FieldUse['reads'] {
  const read = new Set<string>();
  for (const { recipe } of aggregates) {
    const reads = readsOf(recipe);
    if (reads === 'all') return 'all';
    for (const field of reads) read.add(field);
  }
  return [...read];
}

/** As `explain()` prints them: `n = count(), mean = mean(temperature)`. */
export function aggregateNames(aggregates: readonly NamedAggregate[]): string {
  return aggregates
    .map(({ name, recipe }) => {
      const reads = readsOf(recipe);
      return `${name} = ${recipe.aggregate}(${recipe.given ?? (reads === 'all' ? '' : reads.join(', '))})`;
    })
    .join(', ');
}

function readsOf({ field, reads }: AggregateRecipe): FieldUse['reads'] {
  return reads ?? (field === undefined ? [] : [field]);
}
