import { type Duration, positiveDuration } from './duration.ts';
import { positiveInteger } from './guards.ts';

/** When a step that keeps something for each key forgets it. Without these it does so for ever. */
export interface KeyLimits {
  /** Event time since the key was last seen here, by the watermark, after which its state goes. Needs event time. */
  readonly ttl?: Duration;
  /** Keys that may have state; a further one takes the place of the one that was seen longest ago. */
  readonly maxKeys?: number;
}

export const keyLimitOptions = ['ttl', 'maxKeys'] as const;

/** Checked, as a recipe holds them; +Infinity: no limit. */
export interface KeyLimitsRecipe {
  readonly ttlMs: number;
  readonly maxKeys: number;
}

export function keyLimits(where: string, { ttl, maxKeys }: KeyLimits): KeyLimitsRecipe {
  return {
    ttlMs: ttl === undefined ? Number.POSITIVE_INFINITY : positiveDuration(where, 'ttl', ttl),
    maxKeys: maxKeys === undefined ? Number.POSITIVE_INFINITY : positiveInteger(where, 'maxKeys', maxKeys),
  };
}

/** Whether keys are ever forgotten. */
export function isLimited({ ttlMs, maxKeys }: KeyLimitsRecipe): boolean {
  return Math.min(ttlMs, maxKeys) < Number.POSITIVE_INFINITY;
}

/** What a recipe says of its time: state that expires goes by it. */
export function timeOfLimits({ ttlMs }: KeyLimitsRecipe): 'needs' | 'ignores' {
  return ttlMs === Number.POSITIVE_INFINITY ? 'ignores' : 'needs';
}

/** The options as `explain()` prints them, behind others: `, ttl 1h`. */
export function limitsText({ ttl, maxKeys }: KeyLimits): string {
  return `${ttl === undefined ? '' : `, ttl ${ttl}`}${maxKeys === undefined ? '' : `, at most ${maxKeys} keys`}`;
}
