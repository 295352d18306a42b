import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberParser } from '../../../operators/cast/number.ts';
import { castOne } from './cast-all.ts';

describe('cast to number', () => {
  it.each([
    ['0', 0],
    ['-1', -1],
    ['+5', 5],
    ['00012', 12],
    ['21.50', 21.5],
    ['12.', 12],
    ['.5', 0.5],
    ['-.5', -0.5],
    ['1e3', 1000],
    ['1.5E-3', 0.0015],
    [' 12 ', 12],
    ['\t7\n', 7],
    ['\u00a07', 7],
    ['0.1', 0.1],
    ['123456789012345', 123456789012345],
    ['9007199254740993', 9007199254740992],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['1e-400', 0],
    ['0.30000000000000004', 0.30000000000000004],
  ])('takes %j', (text, number) => {
    expect(castOne('number', text)).toBe(number);
  });

  it.each(['-0', '-0.0', '-0e5', '-0.00000000000000000', -0])('makes 0 of %j', (value) => {
    expect(castOne('number', value)).toBe(0);
  });

  it.each([
    'Infinity',
    '-Infinity',
    'inf',
    'NaN',
    '0x1F',
    '0b1',
    '12abc',
    'abc12',
    '1_000',
    '1,234',
    '1 234',
    '1e',
    'e5',
    '.',
    '-',
    '+-5',
    '1.2.3',
    '12 %',
    '$5',
    '1e400',
    '１２',
    '٣',
    'true',
    '12n',
  ])('rejects the text %j', (text) => {
    expect(castOne('number', text)).toEqual({ rule: 'number' });
  });

  it('takes numbers and bigints as they are', () => {
    expect(castOne('number', -2.5)).toBe(-2.5);
    expect(castOne('number', 12n)).toBe(12);
    expect(castOne('number', 2n ** 53n + 1n)).toBe(2 ** 53);
  });

  it.each([Infinity, -Infinity, true, false, {}, [], [1], new Date(0), Symbol('x'), 10n ** 400n])(
    'rejects the value %s',
    (value) => {
      expect(castOne('number', value)).toEqual({ rule: 'number' });
    },
  );

  it('agrees with a pattern and Number on any text', () => {
    const digitsAndSigns = fc.string({
      unit: fc.constantFrom(...'0123456789012345678901234567890.+-eE x_'),
      maxLength: 30,
    });
    const written = fc.oneof(fc.double({ noNaN: true }).map(String), fc.integer().map(String), fc.bigInt().map(String));
    const fixed = fc.tuple(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.nat(12)).map(([x, n]) => x.toFixed(n));
    fc.assert(
      fc.property(fc.oneof(fc.string(), digitsAndSigns, written, fixed), (text) => {
        expect(numberParser.parse(text)).toBe(model(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

function model(text: string): number | undefined {
  if (!/^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  return number === 0 ? 0 : number;
}
