import { describe, expect, it } from 'vitest';
import { castOne } from './cast-all.ts';

describe('cast to boolean', () => {
  it.each(['true', 'True', 'TRUE', ' tRuE ', true])('takes %j for true', (value) => {
    expect(castOne('boolean', value)).toBe(true);
  });

  it.each(['false', 'False', 'FALSE', ' false', false])('takes %j for false', (value) => {
    expect(castOne('boolean', value)).toBe(false);
  });

  it.each(['1', '0', 1, 0, 'yes', 'no', 't', 'f', 'truee', 'on', 'falſe', {}, [], [true], 1n])(
    'rejects %s',
    (value) => {
      expect(castOne('boolean', value)).toEqual({ rule: 'boolean' });
    },
  );

  it('takes exactly the listed texts, numbers by their text, in place of the default', () => {
    const rule = { type: 'boolean', true: ['Y', '1'], false: ['N', '0'] } as const;
    expect(['Y', ' Y ', '1', 1, true].map((value) => castOne(rule, value))).toEqual([true, true, true, true, true]);
    expect(['N', '0', 0, false].map((value) => castOne(rule, value))).toEqual([false, false, false, false]);
    expect(['y', 'true', 'false', 2].map((value) => castOne(rule, value))).toEqual(
      Array.from({ length: 4 }, () => ({ rule: 'boolean' })),
    );
  });

  it('keeps the default of the one that is not listed', () => {
    expect(castOne({ type: 'boolean', true: ['on'] }, 'FALSE')).toBe(false);
    expect(castOne({ type: 'boolean', false: ['off'] }, 'TRUE')).toBe(true);
  });
});
