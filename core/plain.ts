/** Data that every store can keep and every process can read. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
