import { randomFrom } from '../test/support/random.ts';
import type { Reading } from './windows-in-rxjs.ts';

export interface ReadingsOptions {
  readonly keys: number;
  /** Records a ms; 1 where nothing is said. */
  readonly density?: number;
  /** Up to so many ms out of order, in steps of 70. */
  readonly disorder?: number;
}

/**
 * Readings whose keys, and whose disorder, are drawn. Where keys come in a circle a processor learns it by heart, the branches of
 * every look-up with it, as no real stream lets it; and a short loop remembers more of a circle than a long one.
 */
export function someReadings(length: number, { keys, density = 1, disorder = 0 }: ReadingsOptions): readonly Reading[] {
  const random = randomFrom(7);
  const steps = disorder / 70 + 1;
  return Array.from({ length }, (_, i) => ({
    at: 1_700_000_000_000 + Math.floor(i / density) - Math.floor(random() * steps) * 70,
    key: `d${Math.floor(random() * keys)}`,
    v: 20 + Math.floor(random() * 97) / 3,
  }));
}
