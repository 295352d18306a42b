import type { Aggregate } from './aggregate.ts';

type Numbers<K extends string> = { readonly [P in K]?: number | null | undefined };

/** An aggregate of two fields that hold numbers, missing or not. */
export type TwoNumbersAggregate<A extends string, B extends string> = Aggregate<Numbers<A>, number | null, Numbers<B>>;
