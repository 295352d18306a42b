const blocks = '▁▂▃▄▅▆▇█';

/** A block for each value: how much of `most` it is. */
export function sparkline(values: readonly number[], most: number): string {
  const last = blocks.length - 1;
  return values.map((value) => blocks[Math.min(last, Math.floor((value / most) * blocks.length))]).join('');
}
