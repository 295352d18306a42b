import type { Accumulators } from '../../core/accumulators.ts';

declare const input: unique symbol;
declare const other: unique symbol;

/**
 * One named result over the records of a window: a value object, reusable, that knows its input and result types. Of one that reads
 * two fields, `In` has the first and `Other` the second: together in one type a misspelt one would hide behind the other.
 */
export interface Aggregate<In, R, Other = In> {
  /** For the compiler alone. */
  readonly [input]?: (value: In) => void;
  readonly [other]?: (value: Other) => void;
  readonly result?: R;
  readonly recipe: AggregateRecipe;
  readonly make: AggregateMaker;
}

/** The records must have a field `K` holding `V`; where it may be missing the result may be `null`. */
export interface FieldAggregate<K extends string, V, R> extends Aggregate<
  { readonly [P in K]?: V | null | undefined },
  R
> {
  readonly field: K;
}

/** An aggregate as plain data: any copy of the engine makes its own accumulators from it, by name. */
export interface AggregateRecipe {
  readonly aggregate: string;
  /** What is added for each record: a field, or nothing where the record itself is. */
  readonly field: string | undefined;
  /** Of one that the record itself is added to: what it looks at. Default: nothing, or its `field`. */
  readonly reads?: 'all' | readonly string[];
  /** Whether the field, or those that it reads, must hold numbers. */
  readonly numeric: boolean;
  /** Of the user's own callbacks the only functions. */
  readonly options?: unknown;
  /** What `explain()` prints in brackets. Default: the fields. */
  readonly given?: string;
}

export type AggregateMaker = (options: never) => Accumulators;

/** Stands for the type of the field itself. */
declare const fieldValue: unique symbol;
export type FieldValue = typeof fieldValue;

/** What an aggregate gives over records `T`: `null` may come in where the field may be missing. */
export type ResultOf<T, A> =
  A extends FieldAggregate<infer K, infer _, infer R>
    ? [R] extends [FieldValue]
      ? K extends keyof T
        ? undefined extends T[K]
          ? NonNullable<T[K]> | null
          : T[K]
        : never
      : K extends keyof T
        ? null extends T[K]
          ? R | null
          : undefined extends T[K]
            ? R | null
            : R
        : R
    : A extends Aggregate<infer _, infer R>
      ? R
      : never;

/** Aggregates under the names of their results. */
export type Aggregates<T> = { readonly [name: string]: Aggregate<T, unknown> };

/** The fields that aggregates add to a row. */
export type Results<T, A> = { [N in keyof A]: ResultOf<T, A[N]> };
