import { styled } from './terminal.ts';

/** Columns side by side: texts to the left, numbers to the right with so many `digits` behind the point. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  digits: readonly number[] = [],
): string {
  const texts = rows.map((row) => row.map((cell, column) => shown(cell, digits[column] ?? 0)));
  const widths = head.map((name, column) => Math.max(name.length, ...texts.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map(padded).join('  ').trimEnd();
  const padded = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return typeof rows[0]?.[column] === 'number' ? cell.padStart(width) : cell.padEnd(width);
  };
  return [styled('dim', line(head)), ...texts.map(line)].join('\n');
}

/** Of whole numbers a zero is a dot: what is there stands out. */
function shown(cell: string | number, digits: number): string {
  if (typeof cell === 'string') return cell;
  if (cell === 0 && digits === 0) return '·';
  return cell.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
