/** `T` written out, so that the compiler shows its fields. */
export type Flat<T> = { [K in keyof T]: T[K] } & {};
/** The names of the fields of `T`. */
export type Names<T> = Extract<keyof T, string>;
/** The names of the fields of `T` that hold a `V`, missing or not. */
export type NamesOf<T, V> = Extract<keyof { [K in keyof T as NonNullable<T[K]> extends V ? K : never]: 1 }, string>;
/** `T` with the fields `R` added or replaced. */
export type Put<T, R> = Flat<{ [K in keyof T as K extends keyof R ? never : K]: T[K] } & R>;
/** `T` whose fields `K` are there for sure. */
export type Present<T, K extends PropertyKey> = Flat<Omit<T, K> & { [P in keyof T & K]-?: NonNullable<T[P]> }>;
/** One name, or several. */
export type KeyOf<T> = Names<T> | readonly Names<T>[];
/** The fields that a row carries of its key. */
export type KeyRow<T, K> = K extends readonly (infer F extends keyof T)[]
  ? Flat<Pick<T, F>>
  : K extends keyof T
    ? Flat<Pick<T, K>>
    : {};
