import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOptions } from '../../../core/format/csv-options.ts';
import { csv, type CsvFormatOptions, csvSplitter } from '../../../core/format/csv.ts';
import type { Cuts, SplitterRequest } from '../../../core/format.ts';
import { bytesFrom, bytesOf, chunkSizes, splitInChunks } from '../../support/splitting.ts';
import { csvModel, type ModelRow, placesOf } from './csv-model.ts';

const all: SplitterRequest = { fields: 'all' };
const pieces = [
  'a',
  'é',
  '😀',
  ',',
  ',',
  '"',
  '"',
  '\n',
  '\n',
  '\r',
  '\r\n',
  '""',
  [0xff],
  [0xc3],
  '\ufeff',
  'x,y\n',
] as const;

function read(
  text: string | Uint8Array,
  options: CsvFormatOptions = {},
  request = all,
  sizes: readonly number[] = [],
): Cuts<Record<string, string | null>> {
  const splitter = csvSplitter<Record<string, string | null>>(csvOptions(options), request);
  return splitInChunks(splitter, typeof text === 'string' ? bytesOf(text) : text, sizes);
}

describe('csv as it reads', () => {
  it('makes a row of each line behind the header', () => {
    const { records, ends, lines, nextLines, broken } = read('a,b\n1,2\r\n3,"x ""y"", \n z"\n\n5,\n');
    expect(records).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: 'x "y", \n z' },
      { a: '5', b: '' },
    ]);
    expect({ ends, lines, nextLines, broken }).toEqual({
      ends: [9, 26, 30],
      lines: [2, 3, 6],
      nextLines: [3, 5, 7],
      broken: [],
    });
  });

  it('makes the same of any bytes as a plain parser of whole files, whatever the borders of the chunks', () => {
    const limits = fc.constantFrom(3, 8, 1000);
    const budgets = fc.constantFrom(1, 5, undefined);
    fc.assert(
      fc.property(bytesFrom(...pieces), chunkSizes, limits, budgets, (input, sizes, maxBytes, budget) => {
        const splitter = csvSplitter<ModelRow>(csvOptions({ header: ['x', 'y'] }), all, maxBytes);
        const cuts = splitInChunks(splitter, input, sizes, budget);
        const model = csvModel(input, ['x', 'y'], maxBytes);
        expect({ ...cuts, broken: placesOf(cuts.broken) }).toEqual({ ...model, broken: placesOf(model.broken) });
        const whole = splitInChunks(csvSplitter(csvOptions({ header: ['x', 'y'] }), all, maxBytes), input, []);
        expect(cuts).toEqual(whole);
      }),
      { numRuns: 3000 },
    );
  });

  it('goes on behind any record and behind anything broken with exactly the rest', () => {
    fc.assert(
      fc.property(bytesFrom(...pieces), chunkSizes, (tail, sizes) => {
        const input = Uint8Array.from([...bytesOf('\ufeffx,"y"\n1,2\n'), ...tail]);
        const splitter = csvSplitter<ModelRow>(csvOptions({}), all);
        const cuts = splitInChunks(splitter, input, []);
        const stops = [
          ...cuts.ends.map((offset, index) => ({ offset, line: cuts.nextLines[index] ?? 0 })),
          ...cuts.broken.map(({ end, nextLine }) => ({ offset: end, line: nextLine })),
        ];
        for (const { offset, line } of stops) {
          const state = { ...splitter.state(), offset, line };
          const rest = splitInChunks(
            csvSplitter<ModelRow>(csvOptions({}), { ...all, state }),
            input.slice(offset),
            sizes,
          );
          const done = cuts.ends.filter((end) => end <= offset).length;
          expect(rest.records).toEqual(cuts.records.slice(done));
          expect(rest.ends).toEqual(cuts.ends.slice(done));
          expect(rest.lines).toEqual(cuts.lines.slice(done));
          expect(rest.broken).toEqual(
            cuts.broken.filter(({ end }) => end > offset).map((each) => ({ ...each, before: each.before - done })),
          );
        }
      }),
    );
  });

  it('agrees with csv-parse on whatever is well formed', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r\n', 'ü', '\u2028'), maxLength: 5 });
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), chunkSizes, (given, end, mark, sizes) => {
        const written = given.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(','));
        const file = bytesOf(`${mark ? '\ufeff' : ''}${['a,b,c', ...written].join(end)}`);
        const theirs: unknown = parse(Buffer.from(file), { columns: true, bom: true });
        expect(read(file, {}, all, sizes).records).toEqual(theirs);
      }),
    );
  });

  it('takes a byte order mark off the beginning of the file only, and counts it', () => {
    const { records, ends } = read('\ufeffa,b\n\ufeff1,2\n');
    expect(records).toEqual([{ a: '\ufeff1', b: '2' }]);
    expect(ends).toEqual([14]);
  });

  it('ends lines with LF, CRLF and the file; a CR elsewhere is text', () => {
    expect(read('a,b\r\n1\r,\r2\r\n3,4\r').records).toEqual([
      { a: '1\r', b: '\r2' },
      { a: '3', b: '4' },
    ]);
  });

  it('puts characters together that the borders of chunks cut', () => {
    const text = 'naïve,名前\n"😀, grüß",ﬀ\n';
    for (let size = 1; size <= 7; size++) {
      expect(read(text, {}, all, [size]).records).toEqual([{ naïve: '😀, grüß', 名前: 'ﬀ' }]);
    }
  });

  it('reads a quote inside a cell that does not begin with one as text', () => {
    expect(read('a,b\n5" pipe,x"y"\n').records).toEqual([{ a: '5" pipe', b: 'x"y"' }]);
  });

  it('makes `__proto__` a field of the row itself', () => {
    const [row] = read('__proto__,constructor\n1,2\n').records;
    expect(Object.keys(row ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it('keeps only the fields that are read, without decoding the others', () => {
    const input = Uint8Array.from([...bytesOf('a,b,c\n1,'), 0xff, ...bytesOf(',3\n')]);
    expect(read(input, {}, { fields: ['c', 'zz'] }).records).toEqual([{ c: '3' }]);
    expect(read(input, {}, { fields: [] }).records).toEqual([{}]);
    expect(read(input).broken).toMatchObject([{ rule: 'UTF-8 text', field: 'b', line: 2 }]);
  });

  it('leaves out columns without a name, and makes `null` of texts that mean missing', () => {
    expect(read('a,,b\nNA,x,""\n"NA",y,N\n', { missing: ['NA', ''] }).records).toEqual([
      { a: null, b: null },
      { a: null, b: 'N' },
    ]);
  });

  it('takes the columns from a list, or counts them, where the file has no header', () => {
    expect(read('1,2,3\n', { header: ['a', '', 'c'] }).records).toEqual([{ a: '1', c: '3' }]);
    expect(read('é,ü\n', { header: false }).records).toEqual([{ 0: 'é', 1: 'ü' }]);
    expect(read('1,2\n3\n', { header: false })).toMatchObject({
      records: [{ 0: '1', 1: '2' }],
      broken: [{ line: 2, rule: '2 columns', received: 1 }],
    });
  });

  it('takes another delimiter and another quote', () => {
    expect(read("a;b\n'x;''y';\"\n", { delimiter: ';', quote: "'" }).records).toEqual([{ a: "x;'y", b: '"' }]);
  });
});

describe('csv with something broken', () => {
  it('goes on with the next line, each with its number', () => {
    const { records, broken } = read('a,b\n1,2\n3\n"x"y,4\n5,6,7\n"open,8\n9,10\n');
    expect(records).toEqual([
      { a: '1', b: '2' },
      { a: '9', b: '10' },
    ]);
    expect(broken).toEqual([
      { before: 1, line: 3, nextLine: 4, end: 10, value: '3', rule: '2 columns', received: 1 },
      {
        before: 1,
        line: 4,
        nextLine: 5,
        end: 17,
        value: '"x"y,4',
        rule: 'a row with nothing between a closing quote and the next delimiter',
      },
      { before: 1, line: 5, nextLine: 6, end: 23, value: '5,6,7', rule: '2 columns', received: 3 },
      { before: 1, line: 6, nextLine: 7, end: 31, value: '"open,8', rule: 'a row in which every quote is closed' },
    ]);
  });

  it('fails where the header names a column twice, or cannot be read', () => {
    const named = expect.objectContaining({ code: 'ML_CONNECTOR', retryable: false });
    expect(() => read('a,b,a\n')).toThrowError(named);
    expect(() => read('a,"b\n1,2\n')).toThrowError('the line with the names of the columns must be');
    expect(() => read(Uint8Array.of(0xff, 0x0a))).toThrowError('UTF-8 text');
  });

  it('bounds what it holds of a quote that nobody closes, and of a line that does not end', () => {
    const maxBytes = 1 << 20;
    const filler = new Uint8Array(64 * 1024).fill(0x61);
    for (const lineFeeds of [true, false]) {
      const splitter = csvSplitter<ModelRow>(csvOptions({}), all, maxBytes);
      const cuts: Cuts<ModelRow> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
      splitter.push(bytesOf('a,b\n1,"'), cuts);
      for (let count = 0; count < 64; count++) {
        splitter.push(filler, cuts);
        if (lineFeeds && count === 20) splitter.push(bytesOf('"\n'), cuts);
        expect(splitter.held).toBeLessThanOrEqual(maxBytes + filler.length);
      }
      splitter.push(bytesOf('\n3,4\n'), cuts);
      expect(cuts.records).toEqual([{ a: '3', b: '4' }]);
      expect(cuts.broken[0]).toMatchObject({ line: 2, rule: 'at most 1048576 bytes' });
      expect(cuts.broken[0]?.value.length).toBe(64 * 1024);
    }
  });
});

describe('csv as it is called', () => {
  it.each([
    [{ delimiter: '' }, 'delimiter'],
    [{ delimiter: '§' }, 'delimiter'],
    [{ delimiter: '\n' }, 'delimiter'],
    [{ quote: ',' }, 'quote'],
    [{ quote: '""' }, 'quote'],
    [{ header: [] }, 'header'],
    [{ header: ['a', 'a'] }, 'header'],
    [{ header: 'a' }, 'header'],
    [{ missing: 'NA' }, 'missing'],
    [{ separator: ';' }, 'separator'],
  ])('refuses %j', (options, option) => {
    expect(() => csv(options as object)).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(`\`${option}\``) as string }),
    );
  });
});
