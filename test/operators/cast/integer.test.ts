import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerParser } from '../../../operators/cast/integer.ts';
import { castOne } from './cast-all.ts';

describe('cast to integer', () => {
  it.each([
    ['0', 0],
    ['-17', -17],
    ['+17', 17],
    ['0012', 12],
    [' 12 ', 12],
    ['12.', 12],
    ['12.0', 12],
    ['-12.000', -12],
    ['000000000000000000012', 12],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991.0', Number.MIN_SAFE_INTEGER],
  ])('takes %j', (text, integer) => {
    expect(castOne('integer', text)).toBe(integer);
  });

  it.each(['-0', '-0.0', -0])('makes 0 of %j', (value) => {
    expect(castOne('integer', value)).toBe(0);
  });

  it.each(['12.5', '12.0000000000000000000001', '.0', '1e3', '1E+05', '0x1F', '12abc', '-', '+', 'Infinity', 'true'])(
    'rejects the text %j',
    (text) => {
      expect(castOne('integer', text)).toEqual({ rule: 'integer' });
    },
  );

  it.each(['9007199254740992', '-9007199254740992', '12345678901234567890', 2 ** 53, 1e300, 2n ** 53n])(
    'rejects %s, which a number may not hold exactly',
    (value) => {
      expect(castOne('integer', value)).toEqual({ rule: 'integer of at most 2^53 - 1' });
    },
  );

  it('takes numbers and bigints that are whole', () => {
    expect(castOne('integer', -3)).toBe(-3);
    expect(castOne('integer', 12n)).toBe(12);
  });

  it.each([1.5, Infinity, true, {}, [], new Date(0)])('rejects the value %j', (value) => {
    expect(castOne('integer', value)).toEqual({ rule: 'integer' });
  });

  it('agrees with a pattern and Number on any text', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }).map(String),
      fc.string({ unit: fc.constantFrom(...'00112345678999.+- '), maxLength: 20 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(integerParser.parse(text)).toBe(model(text));
      }),
      { numRuns: 5_000 },
    );
  });
});

function model(text: string): number | undefined {
  if (!/^\s*[+-]?\d+(\.0*)?\s*$/.test(text)) return undefined;
  const number = Number(text);
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) return undefined;
  return number === 0 ? 0 : number;
}
