import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../core/format/csv.ts';
import type { Encoder, Format } from '../../../core/format.ts';
import type { Plain } from '../../../core/plain.ts';
import { bytesOf, chunkSizes, splitInChunks } from '../../support/splitting.ts';

type Row = Record<string, unknown>;

function encoderOf(options: Parameters<typeof csv<Row>>[0] = {}, beginning?: string): Encoder<Row> {
  return written(csv<Row>(options)).encoder(beginning === undefined ? undefined : bytesOf(beginning));
}

function written<T>(format: Format<T>): Required<Pick<Format<T>, 'encoder' | 'splitter'>> {
  const { encoder, splitter } = format;
  if (encoder === undefined || splitter === undefined) throw new Error('not a format for files');
  return { encoder, splitter };
}

function fileOf(rows: readonly Row[], options: Parameters<typeof csv<Row>>[0] = {}): string {
  const encoder = encoderOf(options);
  const [first] = rows;
  return (first === undefined ? '' : encoder.head(first)) + rows.map((row) => encoder.row(row)).join('');
}

describe('csv as it writes', () => {
  it('writes the fields of the first row as the header, and each value as text', () => {
    const at = new Date('2024-02-29T12:00:00Z');
    expect(
      fileOf([
        { a: 1, b: 'x', c: true },
        { c: at, a: 12n },
        { a: null, b: undefined, c: Number.NaN },
      ]),
    ).toBe('a,b,c\n1,x,true\n12,,2024-02-29T12:00:00.000Z\n,,\n');
  });

  it('puts quotes around what would be misread without them', () => {
    expect(fileOf([{ 'a,b': 'x"y', c: 'l\nm', d: '\r', e: ' z ' }])).toBe('"a,b",c,d,e\n"x""y","l\nm","\r", z \n');
    expect(fileOf([{ '\ufeffa': '' }])).toBe('"\ufeffa"\n""\n');
    expect(fileOf([{ a: "it's;", b: ',' }], { delimiter: ';', quote: "'" })).toBe("a;b\n'it''s;';,\n");
  });

  it('goes on with the columns that another encoder had learnt, where the file does not name them', () => {
    for (const header of [true, false]) {
      const former = encoderOf({ header });
      former.head({ a: 1, b: 2 });
      const learnt = JSON.parse(JSON.stringify(former.learnt?.())) as Plain;
      const { encoder } = written(csv<Row>({ header }));
      expect(encoder(undefined, learnt).row({ b: 4, a: 3 })).toBe('3,4\n');
      expect(() => encoder(undefined, { a: 1 })).toThrowError('csv: no names of columns: {"a":1} (object)');
    }
  });

  it('comes back as it was, here and in csv-parse', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'ü', '😀', '\ufeff'), maxLength: 6 });
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    const rows = names.chain((keys) =>
      fc
        .array(fc.tuple(...keys.map(() => cell)), { minLength: 1, maxLength: 5 })
        .map((lists) => lists.map((cells) => Object.fromEntries(keys.map((key, index) => [key, cells[index] ?? ''])))),
    );
    fc.assert(
      fc.property(rows, chunkSizes, (given, sizes) => {
        const file = fileOf(given);
        const splitter = written(csv<Row>()).splitter({ fields: 'all' });
        expect(splitInChunks(splitter, bytesOf(file), sizes)).toMatchObject({ records: given, broken: [] });
        const theirs: string[][] = parse(file);
        expect(theirs.slice(1)).toEqual(given.map((row) => Object.values(row)));
      }),
    );
  });

  it('writes no header where the format says that the file has none', () => {
    expect(fileOf([{ a: 1, b: 2, c: 3 }], { header: ['c', '', 'a'] })).toBe('3,,1\n');
    expect(
      fileOf(
        [
          { a: 1, b: 2 },
          { b: 4, a: 3 },
        ],
        { header: false },
      ),
    ).toBe('1,2\n3,4\n');
  });

  it('goes on under the header that the file has', () => {
    const encoder = encoderOf({}, 'b,"a"\n1,2\n');
    expect(encoder.row({ a: 3, b: 4 })).toBe('4,3\n');
    expect(() => encoder.row({ c: 1 })).toThrowError('a row has a field `c`, and the columns are `b`, `a`');
    expect(() => encoderOf({}, '\n\n')).toThrowError(expect.objectContaining({ code: 'ML_CONNECTOR' }));
  });

  it.each([
    [{ a: { b: 1 } }, '`a` must be text, a number, a boolean or a date'],
    [{ a: [1] }, '`a` must be text'],
    [{ a: Symbol('x') }, '`a` must be text'],
    [{ a: new Date(Number.NaN) }, '`a` must be text'],
    [[1], 'a row must be an object'],
    [5, 'a row must be an object'],
    [{}, 'the first row must have a field'],
    [{ '': 1 }, 'a field without a name'],
  ])('refuses %o with a TypeError', (row, message) => {
    const encoder = encoderOf();
    const write = (): string => encoder.head(row as Row) + encoder.row(row as Row);
    expect(write).toThrowError(TypeError);
    expect(write).toThrowError(message);
  });

  it('asks the next row for the header when the first could not be written', () => {
    const encoder = encoderOf();
    expect(() => encoder.head({ a: 1 }) + encoder.row({ a: {} })).toThrowError(TypeError);
    expect(encoder.head({ b: 1 }) + encoder.row({ b: 2 })).toBe('b\n2\n');
  });
});
