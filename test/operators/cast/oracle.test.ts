import { expect, it } from 'vitest';
import type { CastRule } from '../../../operators/cast/cast.ts';
import { describeOracle } from '../../support/oracles.ts';
import { castOne } from './cast-all.ts';

interface PandasCase {
  readonly name: string;
  readonly op: string;
  readonly input: readonly [string];
  readonly expected: readonly [number | string | null];
}

/** pandas turns what it cannot read into a missing value; here that is a rejection, or `null` for missing text. */
describeOracle<readonly PandasCase[]>('pandas reads numbers and times', 'pandas-cleaning.json', (all, counted) => {
  const tally = counted('cast');
  const infinite = ({ expected: [value] }: PandasCase): boolean => String(value).endsWith('Infinity');
  const rules: Readonly<Record<string, CastRule>> = {
    to_numeric_coerce: { type: 'number?' },
    to_datetime_coerce_utc: { type: 'timestamp?', zone: 'UTC' },
  };
  const others = all.filter(({ op }) => !(op in rules));
  const cases = all.filter((each) => each.op in rules && !infinite(each));
  tally.leave('other operators: see their own tests', others.length);
  tally.leave('the text of an infinity is rejected here', all.length - others.length - cases.length);

  it.each(cases)('$name', ({ op, input: [text], expected: [value] }) => {
    // pandas counts nanoseconds; here what is finer than a millisecond is cut off.
    const wanted = op === 'to_datetime_coerce_utc' && typeof value === 'number' ? Math.floor(value) : value;
    const cast = castOne(rules[op] as CastRule, text);
    tally.check(() => expect(typeof cast === 'object' ? null : cast).toBe(wanted));
  });
});

interface CsvwCase {
  readonly id: string;
  readonly name: string;
  readonly csv: string;
  readonly columns: readonly CsvwColumn[];
  readonly expected_rows?: readonly Readonly<Record<string, unknown>>[] | null;
}

interface CsvwColumn {
  readonly titles: string;
  readonly datatype?: string | CsvwDatatype;
}

interface CsvwDatatype {
  readonly base: string;
  readonly format?: unknown;
}

interface Cell {
  readonly title: string;
  readonly datatype: CsvwDatatype;
  readonly text: string;
  /** What it becomes; the text itself where it is invalid, or of a type that JSON has not. */
  readonly expected: unknown;
}

/** Each cell by itself: a cell that a CSVW validator finds invalid stays text there, and is rejected here. */
describeOracle<{ readonly cases: readonly CsvwCase[] }>(
  'CSV on the Web reads cells',
  'csvw-casting.json',
  ({ cases }, counted) => {
    const tally = counted('cells');
    const applicable = cases.map((each) => ({
      title: `${each.id} ${each.name}`,
      cells: cellsOf(each).flatMap((cell) => {
        const reason = inapplicable(cell);
        if (reason === undefined) return [cell];
        tally.leave(reason);
        return [];
      }),
    }));

    it.each(applicable.filter(({ cells }) => cells.length > 0))('$title', ({ cells }) => {
      for (const cell of cells) {
        tally.check(() => expect(castOne(ruleOf(cell), cell.text)).toEqual(wantedOf(cell)));
      }
    });
  },
);

const numbers = ['decimal', 'double', 'float', 'number'];
const signed = ['integer', 'long', 'int', 'short', 'byte', 'nonPositiveInteger', 'negativeInteger'];
const unsigned = [
  'unsignedLong',
  'unsignedInt',
  'unsignedShort',
  'unsignedByte',
  'nonNegativeInteger',
  'positiveInteger',
];
const integers = [...signed, ...unsigned];
const times = ['date', 'dateTime', 'datetime', 'dateTimeStamp'];

const limits = /^(?:minimum|maximum|(?:min|max)(?:Inclusive|Exclusive))$/;
/** Patterns that ask for what is ISO 8601 anyhow. */
const isoPattern = /^yyyy-?MM-?dd(?:X|THH:mm:ss(?:\.S+)?)?$/;

/** Why a cell says nothing about this operator: the first reason that holds. */
const reasons: readonly (readonly [reason: string, holds: (cell: Cell) => boolean])[] = [
  ['the suite gives no value for the cell', ({ expected }) => expected === undefined],
  ['several values in one cell', ({ expected }) => Array.isArray(expected)],
  [
    'ranges and lengths belong to `clean`',
    ({ title, datatype: { base }, expected }) =>
      base === 'NMTOKEN' || (limits.test(title) && numbers.includes(base) && typeof expected === 'string'),
  ],
  ['duration is not among the types yet', ({ datatype }) => datatype.base === 'duration'],
  ['parts of a date are no instants', ({ datatype }) => datatype.base === 'time' || datatype.base.startsWith('g')],
  ['the texts of infinities and of NaN are rejected here', ({ text }) => /^-?(?:INF|NaN)$/.test(text)],
  [
    'patterns come later',
    ({ datatype: { base, format } }) =>
      format !== undefined &&
      ([...numbers, ...integers].includes(base) ||
        (times.includes(base) && !(typeof format === 'string' && isoPattern.test(format)))),
  ],
  ['a number may have an exponent here', ({ datatype, text }) => datatype.base === 'decimal' && /\de\d/i.test(text)],
  [
    'the bounds of XML types belong to `clean`',
    ({ datatype, text, expected }) =>
      integers.includes(datatype.base) && /^-?\d+$/.test(text) && typeof expected === 'string',
  ],
];

function inapplicable(cell: Cell): string | undefined {
  return reasons.find(([, says]) => says(cell))?.[0];
}

/** The rule that stands for the type of a cell. */
function ruleOf({ datatype: { base, format } }: Cell): CastRule {
  if (times.includes(base)) return { type: 'timestamp', zone: 'UTC' };
  if (base === 'string') return { type: 'string' };
  if (base !== 'boolean') return { type: numbers.includes(base) ? 'number' : 'integer' };
  const [yes, no] = typeof format === 'string' ? format.split('|') : [];
  if (yes === undefined || no === undefined) return { type: 'boolean', true: ['true', '1'], false: ['false', '0'] };
  return { type: 'boolean', true: [yes], false: [no] };
}

/** What its text must become. The suite writes a valid time in its canonical form, and keeps the text of what is invalid. */
function wantedOf(cell: Cell): unknown {
  const rule = ruleOf(cell);
  if (rule.type === 'timestamp') return Date.parse(isoOf(String(cell.expected)));
  return typeof cell.expected === 'string' && rule.type !== 'string' ? { rule: rule.type } : cell.expected;
}

/** The suite's canonical form as ECMAScript reads it: `2015-03-22-08:00`, `2015-03-15T15:02:37`. */
function isoOf(text: string): string {
  const [, day = '', time = 'T00:00:00', offset = 'Z'] = /^(.{10})(T[\d:.]+)?(.+)?$/.exec(text) ?? [];
  return day + time + offset;
}

function cellsOf({ csv, columns, expected_rows: rows }: CsvwCase): Cell[] {
  const lines = csv.trimEnd().split('\n').slice(1).map(fieldsOf);
  return lines.flatMap((fields, line) =>
    columns.map((column, index) => {
      const { titles: title, datatype = 'string' } = column;
      return {
        title,
        datatype: typeof datatype === 'string' ? { base: datatype } : datatype,
        text: fields[index] ?? '',
        expected: rows?.[line]?.[title],
      };
    }),
  );
}

/** The fields of a line, quoted or not; no quoted one has a quote or an end of line in it. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
