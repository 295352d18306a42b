import type { Put, Names } from '../../core/row-types.ts';

/** What a field can be cast to, and what it is then. */
export interface CastTypes {
  number: number;
  integer: number;
  string: string;
  boolean: boolean;
  /** Epoch milliseconds. */
  timestamp: number;
}

/** `'number'` must be there; `'number?'` turns a missing value into `null`. */
export type CastName = keyof CastTypes | `${keyof CastTypes & string}?`;

export interface CastRule<N extends CastName = CastName> {
  readonly type: N;
  /**
   * How a timestamp is written. `'iso'` (default): text must be ISO 8601; a number is epoch ms. The others: text or number
   * counts that unit since 1970-01-01T00:00Z.
   */
  readonly format?: 'iso' | 'epoch-s' | 'epoch-ms' | 'epoch-us' | 'epoch-ns';
  /** Zone of a time that names none (`'Europe/Berlin'`). Default: such a time is rejected. */
  readonly zone?: string;
  /** Texts that mean true, instead of `true` in any case. */
  readonly true?: readonly string[];
  /** Texts that mean false, instead of `false` in any case. */
  readonly false?: readonly string[];
  /** What means missing, beside `null`, `undefined`, `NaN` and `''`: `['NA', '-']`. */
  readonly missing?: readonly unknown[];
}

/** What each field is to be. */
export type CastSpec<T> = { readonly [K in Names<T>]?: CastName | CastRule };

export type CastOf<N> = N extends `${infer M extends keyof CastTypes & string}?`
  ? CastTypes[M] | null
  : N extends keyof CastTypes
    ? CastTypes[N]
    : never;

/** `T` with the fields of `S` as they are after the cast. */
export type Casted<T, S> = Put<T, { -readonly [K in keyof S]-?: CastOf<S[K] extends CastRule<infer N> ? N : S[K]> }>;
