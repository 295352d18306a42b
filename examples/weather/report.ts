import type { JobReport, StepLedger } from 'millrace';
import { chart, type Frame } from './chart.ts';
import { sparkline } from './sparkline.ts';
import { table } from './table.ts';
import { columns, styled } from './terminal.ts';
import type { Week } from './week.ts';

const dayMs = 86_400_000;

export function heading(text: string): void {
  console.log(`\n${styled('bold', text)}\n`);
}

/** The text of `explain()` in 80 columns: paths stand apart from the names of the steps, long lines are folded. */
export function chain(text: string): void {
  const lines = text.split('\n').map((line) => /^(.{4}) (.*?)(?: {2,}(.*))?$/.exec(line) ?? ['', '', line]);
  const steps = lines.filter(([, sign]) => sign === '  | ');
  const width = Math.max(...steps.map(([, , name = '']) => name.length));
  for (const [, sign = '', name = '', about = ''] of lines) {
    console.log(folded(`${styled('dim', sign)} `, name.padEnd(width), about.split(/(?<=,) /)));
  }
}

/** Parts behind a name, as many on a line as fit; further lines begin below the first part. */
function folded(sign: string, name: string, parts: readonly string[]): string {
  const indent = 5 + name.length + 2;
  const lines = [''];
  for (const part of parts) {
    const last = lines.at(-1) ?? '';
    if (indent + last.length + part.length <= columns) lines[lines.length - 1] = `${last}${part} `;
    else lines.push(`${part} `);
  }
  return `${sign}${name}  ${lines.map((line) => line.trimEnd()).join(`\n${' '.repeat(indent)}`)}`.trimEnd();
}

/** What became of the records that came in. */
const outcomes: readonly (readonly [name: string, of: (line: StepLedger) => number])[] = [
  ['passed', (line) => line.passed],
  ['absorbed', (line) => line.absorbed],
  ['filtered', (line) => line.filtered],
  ['duplicate', (line) => line.duplicate],
  ['rejected', ({ rejected }) => rejected.invalid + rejected.failed + rejected.late + rejected.ahead],
  ['held', (line) => line.held],
];

/** The ledger as a table, without the outcomes that no record had. */
export function ledger({ steps, balanced }: JobReport): void {
  const shown = outcomes.filter(([name, of]) => name === 'rejected' || steps.some((line) => of(line) > 0));
  const names = shown.map(([name]) => name);
  const rows = steps.map((line) => [
    shortened(line.step),
    line.in,
    ...shown.map(([, of]) => of(line)),
    line.made,
    line.out,
  ]);
  console.log(table(['step', 'in', ...names, 'made', 'out'], rows));
  const sums = `in = ${names.join(' + ')}, out = passed + made`;
  console.log(`\n${balanced ? styled('green', '✓ balanced') : styled('red', '✗ not balanced')}: ${sums}`);
}

/** A path by its end. */
function shortened(step: string): string {
  const longest = 18;
  return step.length <= longest ? step : `…${step.slice(1 - longest)}`;
}

/** A line for each city and year. */
export function years(weeks: readonly Week[]): void {
  const groups = cities(weeks).flatMap((city) =>
    yearsOf(weeks).map((year) => weeks.filter((week) => week.city === city && yearOf(week) === year)),
  );
  const rain = groups.map((own) => pairs(own.map((week) => week.rain)));
  const wettest = Math.max(...rain.flat());
  const rows = groups.map((own, index) => [
    own[0]?.city ?? '',
    own[0] === undefined ? '' : String(yearOf(own[0])),
    own.length,
    sum(own.map((week) => week.mean)) / own.length,
    Math.min(...own.map((week) => week.min)),
    Math.max(...own.map((week) => week.max)),
    sum(rain[index] ?? []),
    sparkline(rain[index] ?? [], wettest),
  ]);
  const head = ['city', 'year', 'weeks', 'mean', 'min', 'max', 'rain', 'a bar for two weeks'];
  console.log(table(head, rows, [0, 0, 0, 1, 1, 1, 0]));
}

/** Each value and its neighbour in one. */
function pairs(values: readonly number[]): readonly number[] {
  return values.flatMap((value, index) => (index % 2 === 0 ? [value + (values[index + 1] ?? 0)] : []));
}

/** One chart for each city, all in one frame. */
export function charts(weeks: readonly Week[]): void {
  const smoothed = weeks.flatMap((week) => (week.smoothed === null ? [] : [week.smoothed]));
  const frame: Frame = {
    from: Math.min(...weeks.map(({ windowStart }) => windowStart)),
    to: Math.max(...weeks.map(({ windowEnd }) => windowEnd)),
    min: Math.floor(Math.min(...smoothed) / 10) * 10,
    max: Math.ceil(Math.max(...smoothed) / 10) * 10,
  };
  for (const city of cities(weeks)) {
    const points = weeks.flatMap(({ city: own, windowStart, smoothed: value }) =>
      own === city && value !== null ? [{ at: windowStart, value }] : [],
    );
    console.log(`${city}\n${chart(points, frame, '°C')}\n`);
  }
}

function cities(weeks: readonly Week[]): readonly string[] {
  return [...new Set(weeks.map(({ city }) => city))];
}

function yearsOf(weeks: readonly Week[]): readonly number[] {
  return [...new Set(weeks.map(yearOf))];
}

/** The year in which most of its days lie: that of its Thursday, as in ISO 8601. */
function yearOf({ windowStart }: Week): number {
  return new Date(windowStart + 3 * dayMs).getUTCFullYear();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
