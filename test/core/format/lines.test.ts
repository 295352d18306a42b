import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines, jsonLinesSplitter } from '../../../core/format/json-lines.ts';
import { text, textSplitter } from '../../../core/format/text.ts';
import type { Cuts } from '../../../core/format.ts';
import { bytesFrom, bytesOf, chunkSizes, splitInChunks } from '../../support/splitting.ts';

const pieces = [
  'a',
  'é',
  '😀',
  '\n',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '{"a":1}',
  '[2]',
  '"x\u2028y"',
  [0xff],
  [0xe2, 0x82],
  '\ufeff',
] as const;

interface Line {
  readonly line: number;
  readonly end: number;
  /** Nothing where it is no UTF-8, or too long. */
  readonly text: string | undefined;
}

/** Lines of a whole file at once, a character a byte. */
function linesModel(input: Uint8Array, maxBytes: number): Line[] {
  const latin1 = Buffer.from(input).toString('latin1');
  const mark = latin1.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const lines = [...latin1.slice(mark).matchAll(/([^\n]*?)\r?(\n|$)/gy)].filter(([all]) => all !== '');
  return lines.map((match, index) => ({
    line: index + 1,
    end: mark + match.index + match[0].length,
    text: match[0].length > maxBytes ? undefined : decoded(match[1] ?? ''),
  }));
}

function decoded(latin1: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '');
  } catch {
    return undefined;
  }
}

function readJson(input: string | Uint8Array, sizes: readonly number[] = []): Cuts<unknown> {
  return splitInChunks(jsonLinesSplitter({ fields: 'all' }), typeof input === 'string' ? bytesOf(input) : input, sizes);
}

describe('text', () => {
  it('makes the same of any bytes as a plain reader of whole files, whatever the borders of the chunks', () => {
    const limits = fc.constantFrom(2, 6, 1000);
    fc.assert(
      fc.property(bytesFrom(...pieces), chunkSizes, limits, (input, sizes, maxBytes) => {
        const cuts = splitInChunks(textSplitter({ fields: 'all' }, maxBytes), input, sizes);
        const model = linesModel(input, maxBytes);
        const good = model.filter((line) => line.text !== undefined);
        expect(cuts.records).toEqual(good.map((line) => line.text));
        expect(cuts.ends).toEqual(good.map((line) => line.end));
        expect(cuts.lines).toEqual(good.map((line) => line.line));
        expect(cuts.nextLines).toEqual(good.map((line) => line.line + 1));
        const bad = model.filter((line) => line.text === undefined);
        expect(cuts.broken.map(({ line, end }) => ({ line, end }))).toEqual(
          bad.map(({ line, end }) => ({ line, end })),
        );
        expect(cuts).toEqual(splitInChunks(textSplitter({ fields: 'all' }, maxBytes), input, []));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps blank lines, and needs no line end behind the last', () => {
    expect(splitInChunks(textSplitter({ fields: 'all' }), bytesOf('a\n\n\r\nb'), []).records).toEqual([
      'a',
      '',
      '',
      'b',
    ]);
  });

  it('goes on behind any line with exactly the rest', () => {
    fc.assert(
      fc.property(bytesFrom(...pieces), chunkSizes, (input, sizes) => {
        const cuts = splitInChunks(textSplitter({ fields: 'all' }), input, []);
        cuts.ends.forEach((offset, index) => {
          const splitter = textSplitter({ fields: 'all', state: { offset, line: cuts.nextLines[index] ?? 0 } });
          const rest = splitInChunks(splitter, input.slice(offset), sizes);
          expect(rest.records).toEqual(cuts.records.slice(index + 1));
          expect(rest.lines).toEqual(cuts.lines.slice(index + 1));
          expect(rest.ends).toEqual(cuts.ends.slice(index + 1));
        });
      }),
    );
  });

  it('stands before a line that is too long while its end is looked for', () => {
    const splitter = textSplitter({ fields: 'all' }, 4);
    const cuts: Cuts<string> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
    splitter.push(bytesOf('ab\n12345678'), cuts);
    expect(splitter.state()).toEqual({ offset: 3, line: 2 });
    expect(splitter.held).toBe(0);
    splitter.push(bytesOf('9\nc'), cuts);
    splitter.end(cuts);
    expect(cuts).toEqual({
      records: ['ab', 'c'],
      ends: [3, 14],
      lines: [1, 3],
      nextLines: [2, 4],
      broken: [{ before: 1, line: 2, nextLine: 3, end: 13, rule: 'at most 4 bytes', value: '1234' }],
    });
  });

  it('writes a line a row, and refuses what would not come back', () => {
    const encoder = text().encoder?.();
    expect(encoder?.head('a')).toBe('');
    expect(encoder?.row('a\u2028b')).toBe('a\u2028b\n');
    for (const row of ['a\nb', 'a\r', 5 as unknown as string]) expect(() => encoder?.row(row)).toThrowError(TypeError);
  });

  it('is the whole of a message', () => {
    const { decode, encode } = text();
    expect(decode?.(bytesOf('\ufeffa\nb'))).toBe('\ufeffa\nb');
    expect(encode?.('a\nb')).toEqual(bytesOf('a\nb'));
    expect(() => decode?.(Uint8Array.of(0xff))).toThrowError('not UTF-8');
    expect(() => encode?.({} as string)).toThrowError(TypeError);
  });
});

describe('jsonLines', () => {
  it('parses each line, whatever the borders of the chunks', () => {
    fc.assert(
      fc.property(bytesFrom(...pieces), chunkSizes, (input, sizes) => {
        const cuts = readJson(input, sizes);
        const lines = linesModel(input, 1000).filter((line) => line.text?.trim() !== '');
        const good = lines.filter((line) => parsed(line.text) !== undefined);
        expect(cuts.records).toEqual(good.map((line) => parsed(line.text)));
        expect(cuts.lines).toEqual(good.map((line) => line.line));
        const bad = lines.filter((line) => parsed(line.text) === undefined);
        expect(cuts.broken.map(({ line }) => line)).toEqual(bad.map(({ line }) => line));
      }),
    );
  });

  it('reads U+2028, U+2029 and an escaped line end within a string as text', () => {
    expect(readJson('{"a":"x\u2028\u2029\\n\\r"}\n1\n').records).toEqual([{ a: 'x\u2028\u2029\n\r' }, 1]);
  });

  it('takes the last line without a line end, and passes over blank ones', () => {
    expect(readJson('\n  \t\r\n{"a":1}\n\nnull')).toMatchObject({
      records: [{ a: 1 }, null],
      lines: [3, 5],
      broken: [],
    });
  });

  it('tells what is not JSON with its line, and goes on', () => {
    const { records, broken } = readJson('{"a":1}\n{"a":2{"a":3}\r\n{"__proto__":4}\n');
    expect(records.map((record) => Object.keys(record as object))).toEqual([['a'], ['__proto__']]);
    expect(broken).toEqual([
      {
        before: 1,
        line: 2,
        nextLine: 3,
        end: 23,
        rule: 'JSON',
        value: '{"a":2{"a":3}',
        cause: expect.any(SyntaxError) as Error,
      },
    ]);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), chunkSizes, (values, sizes) => {
        const encoder = jsonLines<unknown>().encoder?.();
        const plain: unknown[] = values.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        const file = values.map((value) => encoder?.row(value) ?? '').join('');
        expect(readJson(file, sizes)).toMatchObject({ records: plain, broken: [] });
      }),
    );
  });

  it.each([
    [{ a: { id: 1n } }, 'jsonLines: `id` is a bigint, and JSON has none; make it a string or a number first'],
    [1n, 'the value is a bigint'],
    [undefined, 'undefined has no JSON'],
    [() => 1, 'has no JSON'],
  ])('refuses a row that JSON cannot hold (%#)', (row, message) => {
    const encoder = jsonLines<unknown>().encoder?.();
    expect(() => encoder?.row(row)).toThrowError(TypeError);
    expect(() => encoder?.row(row)).toThrowError(message);
  });

  it('refuses a row that holds itself', () => {
    const row: Record<string, unknown> = {};
    row['self'] = row;
    expect(() => jsonLines<unknown>().encoder?.().row(row)).toThrowError('the row has no JSON');
  });
});
