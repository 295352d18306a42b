import type { Names } from './row-types.ts';

/** What the compiler shows where a field is named that the record does not have. */
export interface NoSuchField<Name> {
  readonly noSuchField: Name;
}

/** Refuses fields of `S` that `T` does not have, where `T` is known: a misspelt name is a compile error. */
export type KnownFields<T, S> = unknown extends T
  ? unknown
  : { readonly [K in Exclude<Names<S>, Names<T>>]: NoSuchField<K> };
