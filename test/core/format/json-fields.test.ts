import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cuts } from '../../../core/format.ts';
import { JsonFields } from '../../../core/format/json-fields.ts';
import { json } from '../../../core/format/json.ts';
import { jsonLines } from '../../../core/format/json-lines.ts';
import { patience, runs } from '../../support/runs.ts';
import { bytesOf } from '../../support/splitting.ts';

const names = ['id', 'a', 'é', '__proto__', '0', 'at', 'value', 'constructor'];

/** What a message is, or `refused`; of an object only these fields. */
function byParse(bytes: Uint8Array, fields: readonly string[] | 'all'): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return 'refused';
  }
  return pick(value, fields);
}

function pick(value: unknown, fields: readonly string[] | 'all'): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .filter(([name]) => fields === 'all' || fields.includes(name))
    .toSorted(byName);
}

/** The same by the decoder for these fields, which refuses as the one for all fields does: a rejection says why. */
function byFields(bytes: Uint8Array, fields: readonly string[]): unknown {
  const [some, all] = [json<unknown>().decoder!(fields), json<unknown>().decode!].map((decode) => {
    try {
      return { value: pick(decode(bytes), fields) };
    } catch (cause) {
      return { refused: (cause as Error).message };
    }
  });
  return some!.refused !== all!.refused ? 'for another reason' : 'value' in some! ? some.value : 'refused';
}

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1);
const given = fc.subarray(names);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t ', '\r\n');
const name = fc.oneof(fc.constantFrom(...names), fc.string()).map((each) => JSON.stringify(each));

/** A value that is one, with what is rare in it. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constant(-0)).map(String),
    fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), name).map((each) => JSON.stringify(each)),
    fc.constantFrom('true', 'false', 'null', '{}', '[]', '"\\u00e9"', '"\\ud800"', '"\u2028"', '"\\/"'),
    fc
      .array(
        fc.tuple(space, tie('value'), space).map((all) => all.join('')),
        { maxLength: 3 },
      )
      .map(listed),
    members(tie('value')),
  ),
}));

/** What is no value, and values that are read in a way of their own. */
const oddities: readonly string[] = [
  ...'-0 - -a 00 01 -01 1. .5 1e 1.e1 1e+ 1e400 1E-7 +1 0x1 1_0 NaN 9007199254740993 0.30000000000000004'.split(' '),
  ...`12345678901234567.8 0.${'0'.repeat(25)}1 tru nul True undefined truee falsy nulll , [1,] {,} {"a"} [ }`.split(
    ' ',
  ),
  '"\\x"',
  '"\\u12g4"',
  '"\\u 123"',
  '"\\u123"',
  '"a',
  "'a'",
  '"\t"',
  '"\\"',
  '"a"b',
  '\v',
  '\u00a0',
  '\ufeff',
  '',
  '"\\/"',
  '"\\u00E9"',
  '"é"',
  '[{"id":2}]',
  '{"id":[]}',
  '{"a":01}',
  '[tru]',
];

/** One that may be none. */
const odd = fc.oneof(
  fc.stringMatching(/^-?[0-9]{1,20}(\.[0-9]{0,25})?([eE][+-]?[0-9]{0,3})?$/),
  fc.constantFrom(...oddities),
  value,
);

function listed(all: readonly string[]): string {
  return `[${all.join(',')}]`;
}

function members(of: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const member = fc.tuple(space, name, space, fc.constant(':'), space, of, space).map((all) => all.join(''));
  return fc.array(member, { maxLength: 5 }).map((all) => `{${all.join(',')}}`);
}

/** An object with one member that may be none. */
const message = fc
  .tuple(fc.array(fc.tuple(name, space, value)), fc.tuple(name, space, odd), fc.nat(), fc.boolean(), space)
  .map(([all, strange, where, isNested, end]) => {
    const list = all.toSpliced(where % (all.length + 1), 0, isNested ? [strange[0], '', `[0,${strange[2]}]`] : strange);
    return bytesOf(`{${list.map((each) => `${each[0]}${end}:${each[1]}${each[2]}${end}`).join(',')}}${end}`);
  });

/** With a byte changed, cut off, or put in. */
const damaged = fc
  .tuple(message, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1), fc.constantFrom(0, 1))
  .map(([bytes, where, byte, taken, put]) => {
    const at = where % (bytes.length + 1);
    return Uint8Array.of(...bytes.subarray(0, at), ...(put === 1 ? [byte] : []), ...bytes.subarray(at + taken));
  });

describe('some fields of a JSON message', () => {
  it('are what JSON.parse makes of them, and what it refuses is refused', patience, () => {
    const same = fc.property(fc.oneof(message, damaged), given, (bytes, fields) => {
      expect(byFields(bytes, fields)).toEqual(byParse(bytes, fields));
    });
    fc.assert(same, { numRuns: runs * 8 });
  });

  it.each(oddities)('are what JSON.parse makes of %j, or refused', (strange) => {
    for (const line of [`{"id":${strange},"at":1}`, `{"x":${strange} ,"id":1}`, `{"at":[${strange}]}`, strange]) {
      const bytes = bytesOf(line);
      expect([line, byFields(bytes, ['id', 'at'])]).toEqual([line, byParse(bytes, ['id', 'at'])]);
    }
  });

  it('are the same where the message lies in the middle of others', patience, () => {
    const same = fc.property(message, given, (bytes, fields) => {
      const line = Uint8Array.of(0x7b, 0x22, ...bytes, 0x0a, 0x22, 0x7d);
      const alone = JsonFields.of<unknown>(fields)?.read(bytes, 0, bytes.length);
      expect(JsonFields.of<unknown>(fields)?.read(line, 2, 2 + bytes.length)).toEqual(alone);
    });
    fc.assert(same, { numRuns: runs * 2 });
  });

  it.each([
    ['{"id":1,"at":-0,"id":2}', { id: 2, at: -0 }],
    [' { "id" : "x" , "at" : [ 1 , { "id" : 3 } ] } \n', { id: 'x', at: [1, { id: 3 }] }],
    ['{"id":"a\\n\\u00e9","more":{"id":[true,false,null]},"at":1e3}', { id: 'a\né', at: 1000 }],
    ['{"id":"é","note":"°"}', { id: 'é' }],
    ['{"at":12345.678901234567}', { at: 12345.678901234567 }],
    ['{"i":1,"idd":2,"ID":3}', {}],
    ['{}', {}],
  ])('are read by themselves from %s', (line, row) => {
    const bytes = bytesOf(line);
    // Not by way of JSON.parse.
    expect(JsonFields.of(['id', 'at'])?.read(bytes, 0, bytes.length)).toStrictEqual(row);
  });

  it('may be called __proto__, and are fields then', () => {
    const bytes = bytesOf('{"__proto__":{"admin":true},"at":1}');
    for (const fields of [
      ['__proto__', 'at'],
      ['__proto__', 'at', 'id'],
    ]) {
      const row = JsonFields.of<object>(fields)?.read(bytes, 0, bytes.length) as object;
      expect([Object.keys(row), Object.getPrototypeOf(row), 'admin' in row]).toEqual([
        ['__proto__', 'at'],
        Object.prototype,
        false,
      ]);
    }
  });

  it.each([
    ['a name with escapes', '{"\\u0069d":1}'],
    ['nesting that is deep', `{"id":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['no object', '[{"id":1}]'],
    ['bytes that are no text', '{"id":1,"note":"\u00ff"}'],
  ])('are left to JSON.parse in %s', (_name, line) => {
    const bytes = Buffer.from(line, 'latin1');
    expect(JsonFields.of(['id'])?.read(bytes, 0, bytes.length)).toBeUndefined();
  });

  it('are all of them where a chain reads many, or by a name that is no text', () => {
    expect(JsonFields.of('all')).toBeUndefined();
    expect(JsonFields.of(Array.from({ length: 9 }, (_, index) => `f${index}`))).toBeUndefined();
    expect(JsonFields.of(['\ud800'])).toBeUndefined();
    expect(json().decoder!('all')(bytesOf('{"id":1,"b":2}'))).toEqual({ id: 1, b: 2 });
  });

  it('are other strings for other bytes, however often they come', () => {
    // Twice in a row, so that one is kept, and in more than there is room for.
    const ids = Array.from({ length: 40_000 }, (_, index) => `é${(index >> 1) % 7_001}`);
    const all = [...ids, ...ids.map((each) => each.slice(1))];
    const fields = JsonFields.of<{ id: string }>(['id'])!;
    const read = all.map((id) => {
      const bytes = bytesOf(JSON.stringify({ id }));
      return fields.read(bytes, 0, bytes.length)?.id;
    });
    expect(read).toEqual(all);
  });

  it('are what the lines of a file say, with the same rejections', () => {
    const lines = '{"id":1,"at":2}\r\n\n{"id":\n{"id":"é","more":[1]}\n"id"\n';
    const cut = (fields: 'all' | readonly string[]): Cuts<unknown> => {
      const cuts: Cuts<unknown> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
      const splitter = jsonLines<unknown>().splitter!({ fields });
      splitter.push(bytesOf(lines), cuts);
      splitter.end(cuts);
      return cuts;
    };
    const [some, all] = [cut(['id']), cut('all')];
    expect(some.records).toEqual([{ id: 1 }, { id: 'é' }, 'id']);
    expect({ ...some, records: [] }).toEqual({ ...all, records: [] });
  });
});
