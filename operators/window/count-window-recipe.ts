import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';

export interface CountWindowRecipe extends KeyLimitsRecipe {
  readonly size: number;
  readonly slide: number;
  readonly aggregates: readonly NamedAggregate[];
}
