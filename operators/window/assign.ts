/** The start of the window of `size` that holds `at`: windows are `[start, start + size)`, aligned to the epoch plus `offset`. */
export function windowStart(at: number, size: number, offset: number): number {
  return Math.floor((at - offset) / size) * size + offset;
}
