/** When a file was last written to, and when it was made, in nanoseconds. */
export interface FileTimes {
  readonly modified: bigint;
  readonly born: bigint;
}

/**
 * Which file was filled before the other: negative where `a` was. A disk's clock ticks every few ms. Of two that were written
 * to in the same tick, one that was made in it began when the other was done; of those that are older, the younger is a copy
 * that a rotation has made of the other, which went on.
 */
export function byWriting(a: FileTimes, b: FileTimes): number {
  const [aIsNew, bIsNew] = [a.born >= a.modified, b.born >= b.modified];
  const byBirth = aIsNew && bIsNew ? compare(a.born, b.born) : compare(b.born, a.born);
  return compare(a.modified, b.modified) || Number(aIsNew) - Number(bIsNew) || byBirth;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
