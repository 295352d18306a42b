import { type Style, styled } from './terminal.ts';

export interface Point {
  /** Epoch ms. */
  readonly at: number;
  readonly value: number;
}

/** What the two axes span. */
export interface Frame {
  readonly from: number;
  readonly to: number;
  readonly min: number;
  readonly max: number;
}

const width = 70;
/** Odd: the middle has a row of its own. */
const height = 7;
/** A braille character has 2 x 4 dots; these are their bits. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const warmToCold: readonly Style[] = ['red', 'red', 'yellow', 'green', 'cyan', 'blue', 'blue'];

/** A line through the points, in braille, with years below and values at the left. */
export function chart(points: readonly Point[], frame: Frame, unit: string): string {
  const labels = new Map([
    [0, frame.max],
    [(height - 1) / 2, (frame.min + frame.max) / 2],
    [height - 1, frame.min],
  ]);
  const rows = cells(points, frame).map((row, index) => {
    const label = labels.get(index);
    const side = label === undefined ? `${''.padStart(7)}│` : `${`${label} ${unit}`.padStart(6)} ┤`;
    return `${styled('dim', side)}${styled(warmToCold[index] ?? 'blue', row)}`.trimEnd();
  });
  return [...rows, ...timeAxis(frame)].join('\n');
}

/** The rows of characters, the highest values first. */
function cells(points: readonly Point[], { from, to, min, max }: Frame): string[] {
  const dots = width * 2;
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  let before: number | undefined;
  for (let x = 0; x < dots; x++) {
    const value = valueAt(points, from + (x / (dots - 1)) * (to - from));
    if (value === undefined) continue;
    const y = Math.round(((max - value) / (max - min)) * (height * 4 - 1));
    // From the height of the dot before, so that steep parts have no holes.
    const first = before === undefined ? y : before + Math.sign(y - before);
    for (let dot = Math.min(first, y); dot <= Math.max(first, y); dot++) set(grid, x, dot);
    before = y;
  }
  return grid.map((row) =>
    row.map((bitsOfCell) => (bitsOfCell === 0 ? ' ' : String.fromCodePoint(0x2800 + bitsOfCell))).join(''),
  );
}

function set(grid: readonly number[][], x: number, y: number): void {
  const row = grid[Math.floor(y / 4)];
  const bit = bits[y % 4]?.[x % 2];
  if (row !== undefined && bit !== undefined) row[Math.floor(x / 2)]! |= bit;
}

/** On the straight line between the points around `at`; nothing outside of them. */
function valueAt(points: readonly Point[], at: number): number | undefined {
  const index = points.findIndex((point) => point.at >= at);
  const after = points[index];
  const before = points[Math.max(0, index - 1)];
  if (after === undefined || before === undefined || (index === 0 && after.at > at)) return undefined;
  if (after === before) return after.value;
  return before.value + ((at - before.at) / (after.at - before.at)) * (after.value - before.value);
}

/** A tick where a year begins. */
function timeAxis({ from, to }: Frame): string[] {
  const ticks = Array.from({ length: width }, () => '─');
  let years = '';
  for (let year = new Date(from).getUTCFullYear(); Date.UTC(year) <= to; year++) {
    const column = Math.max(0, Math.floor(((Date.UTC(year) - from) / (to - from)) * width));
    if (column + 4 > width) break;
    ticks[column] = '┬';
    years = `${years.padEnd(column)}${year}`;
  }
  return [`${''.padStart(7)}└${ticks.join('')}`, `${''.padStart(8)}${years}`].map((line) => styled('dim', line));
}
