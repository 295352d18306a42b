import type { Aggregate } from './aggregate.ts';

/** An aggregate of two fields that hold numbers, missing or not. */
export type TwoNumbersAggregate<A extends string, B extends string> = Aggregate<
  { readonly [P in A]?: number | null | undefined },
  number | null,
  { readonly [P in B]?: number | null | undefined }
>;
