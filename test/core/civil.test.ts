import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysFromCivil, daysInMonth } from '../../core/civil.ts';

describe('the calendar', () => {
  it('counts days as Date does', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, max: new Date(8.63e15) }), (date) => {
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        expect(daysFromCivil(year, month, day)).toBe(Math.floor(date.getTime() / 86_400_000));
        expect(daysInMonth(year, month)).toBe(new Date(new Date(0).setUTCFullYear(year, month, 0)).getUTCDate());
      }),
      { numRuns: 2_000 },
    );
  });
});
