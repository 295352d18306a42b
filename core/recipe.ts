import type { Accumulators } from './accumulators.ts';
import type { Processor } from './processor.ts';

/** Which fields of a record a step looks at, and what it leaves of the others. */
export interface FieldUse {
  /** `'all'` where a callback is handed the whole record. */
  readonly reads: 'all' | readonly string[];
  readonly writes: readonly string[];
  /** Whether fields that the step neither reads nor writes go on; a window makes rows of its own instead. */
  readonly keepsOthers: boolean;
}

/**
 * What a step is to do, as plain data: it names its operator, so that any copy of the engine can make the processor, and
 * it says enough of itself for `explain()`, for a parser that wants to decode only what is read, and for another engine.
 */
export interface Recipe {
  readonly operator: string;
  /** Checked options: durations in ms, defaults filled in. The user's own callbacks are the only functions among them. */
  readonly options: unknown;
  readonly fields: FieldUse;
  /** Whether its processor has anything to snapshot. */
  readonly stateful: boolean;
  /** Its rows may correct rows that it has emitted before. */
  readonly refires?: true;
  /** Version of its snapshot. */
  readonly version: number;
  /** Nobody can see what its processor holds: under a checkpoint it is refused. */
  readonly opaque?: true;
  /** `sets`: from here on records have event time. `needs`: an `ArgumentError` where they have none. */
  readonly time: 'sets' | 'needs' | 'ignores';
  /** `sets`: from here on records have these keys. */
  readonly key: 'sets' | 'keeps' | 'drops';
  /** The options as a person would say them: `1m, mean(temperature)`. */
  readonly summary: string;
}

/** Makes the processor of a recipe from its options. */
export type Maker = (options: never, parts: Parts) => Processor;

/** What a copy of the engine makes by name: processors, and the accumulators of aggregates. */
export interface Parts {
  readonly processors: Readonly<Record<string, Maker>>;
  readonly accumulators: Readonly<Record<string, (options: never) => Accumulators>>;
}

/** A recipe and its maker in this copy of the engine; another copy finds its own by the operator's name. */
export interface Step {
  readonly recipe: Recipe;
  readonly make: Maker;
}

/** A stateless step that looks at what it is told and keeps the rest: the common case, to be spread and overridden. */
export const plainRecipe: Pick<Recipe, 'stateful' | 'version' | 'time' | 'key'> = {
  stateful: false,
  version: 1,
  time: 'ignores',
  key: 'keeps',
};
