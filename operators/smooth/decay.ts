import { positiveNumber, unitFraction } from '../../core/guards.ts';
import { ArgumentError } from '../../core/errors.ts';

/** How fast the past is forgotten: exactly one of these. */
export type Decay = OneOf<{
  /** Weight of the newest value, in (0, 1]. 1 forgets the past at once. */
  readonly alpha: number;
  /** About so many records count: alpha = 2 / (span + 1), from 1. */
  readonly span: number;
  /** alpha = 1 / (1 + centerOfMass), from 0. */
  readonly centerOfMass: number;
  /** After so many records a value weighs half: alpha = 1 - 2^(-1 / halfLife). */
  readonly halfLife: number;
}>;

/** Exactly one of the members of `D`. */
export type OneOf<D> = { [K in keyof D]: Pick<D, K> & { readonly [P in Exclude<keyof D, K>]?: never } }[keyof D];

export const decayOptions = ['alpha', 'span', 'centerOfMass', 'halfLife'] as const;

/** The weight of the newest value, from whichever of the four was given. */
export function alphaOf(where: string, given: Partial<Record<(typeof decayOptions)[number], unknown>>): number {
  const names = decayOptions.filter((name) => given[name] !== undefined);
  const name = names[0];
  if (name === undefined || names.length > 1) {
    const received = names.length === 0 ? undefined : names.join(' and ');
    throw new ArgumentError(where, 'options', 'exactly one of `alpha`, `span`, `centerOfMass`, `halfLife`', received);
  }
  const value = given[name];
  if (name === 'alpha') return unitFraction(where, name, value);
  if (name === 'halfLife') return 1 - 2 ** (-1 / positiveNumber(where, name, value));
  const least = name === 'span' ? 1 : 0;
  if (typeof value !== 'number' || !(value >= least && value < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(where, name, `a number of at least ${least}`, value);
  }
  return name === 'span' ? 2 / (value + 1) : 1 / (1 + value);
}
