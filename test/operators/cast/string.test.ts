import { describe, expect, it } from 'vitest';
import { castOne } from './cast-all.ts';

describe('cast to string', () => {
  it.each(['abc', ' a ', ' ', '0', 'null'])('keeps %j as it is', (text) => {
    expect(castOne('string', text)).toBe(text);
  });

  it.each([
    [12, '12'],
    [-0, '0'],
    [1e21, '1e+21'],
    [12n, '12'],
    [true, 'true'],
    [false, 'false'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('writes %s as text', (value, text) => {
    expect(castOne('string', value)).toBe(text);
  });

  it.each([Infinity, {}, [], ['a'], Symbol('a'), new Date(Number.NaN)])('rejects %s', (value) => {
    expect(castOne('string', value)).toEqual({ rule: 'string' });
  });
});
