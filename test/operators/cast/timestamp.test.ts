import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../../operators/cast/iso-instant.ts';
import { castOne } from './cast-all.ts';

const noon = Date.UTC(2024, 0, 31, 12);

describe('cast to timestamp', () => {
  it.each([
    '2024-01-31T12:00:00Z',
    '2024-01-31T12:00Z',
    '2024-01-31T12:00:00.000Z',
    '2024-01-31t12:00:00z',
    '2024-01-31 12:00:00Z',
    ' 2024-01-31T12:00:00Z ',
    '2024-01-31T12:00:00,0Z',
    '2024-01-31T13:00:00+01:00',
    '2024-01-31T13:00:00+0100',
    '2024-01-31 13:00:00+01',
    '2024-01-31T06:30-05:30',
    '2024-02-01T11:59+23:59',
    '2024-01-31T12:00-00:00',
    '20240131T120000Z',
    '20240131T1200Z',
    '20240131T130000.000+0100',
    '+002024-01-31T12:00:00Z',
  ])('reads %j, needing no zone', (text) => {
    expect(castOne('timestamp', text)).toBe(noon);
    expect(castOne({ type: 'timestamp', zone: 'America/New_York' }, text)).toBe(noon);
  });

  it.each([
    ['2024-01-31T12:00:00.1Z', noon + 100],
    ['2024-01-31T12:00:00.12Z', noon + 120],
    ['2024-01-31T12:00:00.123Z', noon + 123],
    ['2024-01-31T12:00:00.123999999999Z', noon + 123],
    ['1969-12-31T23:59:59.9999Z', -1],
    ['1970-01-01T00:00:00.0009Z', 0],
  ])('cuts off what is finer than a millisecond: %j', (text, at) => {
    expect(castOne('timestamp', text)).toBe(at);
  });

  it.each([
    ['0000-01-01T00:00Z', -62_167_219_200_000],
    ['-000001-12-31T00:00Z', -62_167_305_600_000],
    ['0099-12-31T00:00Z', -59_011_545_600_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
    ['+010000-01-01T00:00Z', 253_402_300_800_000],
    ['+275760-09-13T00:00:00Z', 8.64e15],
    ['-271821-04-20T00:00:00Z', -8.64e15],
  ])('reads years of any length that ECMAScript has: %j', (text, at) => {
    expect(castOne('timestamp', text)).toBe(at);
  });

  it.each([
    '+275760-09-13T00:00:00.001Z',
    '-271821-04-19T23:59:59.999Z',
    '-000000-01-01T00:00Z',
    '12024-01-31T12:00Z',
    '+2024-01-31T12:00Z',
    '24-01-31T12:00Z',
    '+0020240131T1200Z',
  ])('rejects the year of %j', (text) => {
    expect(castOne('timestamp', text)).toEqual({ rule: 'timestamp' });
  });

  it.each([
    '2023-02-30T00:00Z',
    '2023-02-29T00:00Z',
    '1900-02-29T00:00Z',
    '2023-04-31T00:00Z',
    '2023-00-10T00:00Z',
    '2023-13-10T00:00Z',
    '2023-01-00T00:00Z',
    '2023-01-32T00:00Z',
    '2024-01-31T24:00:00Z',
    '2024-01-31T23:60:00Z',
    '2016-12-31T23:59:60Z',
    '2024-01-31T12:00:00+24:00',
    '2024-01-31T12:00:00+01:60',
  ])('rejects %j, which no clock shows', (text) => {
    expect(castOne('timestamp', text)).toEqual({ rule: 'timestamp' });
  });

  it.each([
    '2024-01',
    '2024',
    '2024-031',
    '2024-W05-3',
    '2024-1-31T12:00Z',
    '2024-01-31T12Z',
    '2024-01-31T1:00Z',
    '2024-01-31T12x00Z',
    '2024-01-31TZ',
    '2024-01-31T12:00:00.Z',
    '2024-01-31T12:00:0Z',
    '2024-01-31T12:00:00ZZ',
    '2024-01-31T12:00:00 Z',
    '2024-01-31T12:00:00+1',
    '2024-01-31T12:00:00+01:0',
    '2024-01-31T12:00:00+01:000',
    '2024-01-31T1200Z',
    '20240131T12:00Z',
    '2024-01-31T12:00:00[UTC]',
    '2024-01-31-08',
    '31.01.2024',
    '2024/01/31',
    'Jan 31 2024',
    'Wed, 31 Jan 2024 12:00:00 GMT',
    '1706702400000',
    'now',
    '２０２４-01-31T12:00Z',
  ])('rejects %j, which is not the ISO 8601 that it reads', (text) => {
    expect(castOne('timestamp', text)).toEqual({ rule: 'timestamp' });
    expect(castOne({ type: 'timestamp', zone: 'UTC' }, text)).toEqual({ rule: 'timestamp' });
  });

  it.each(['2024-01-31', '20240131', '2024-01-31T12:00', ' 2024-01-31 12:00:00.5'])(
    'rejects %j without a zone',
    (text) => {
      expect(castOne('timestamp', text)).toEqual({ rule: 'timestamp with Z or an offset' });
    },
  );

  it('takes a day with an offset, as XML Schema writes it, for its midnight there', () => {
    expect(castOne('timestamp', '2015-03-22Z')).toBe(Date.UTC(2015, 2, 22));
    expect(castOne('timestamp', '2015-03-22-08:00')).toBe(Date.UTC(2015, 2, 22, 8));
  });

  it('takes numbers for epoch ms, and dates', () => {
    expect(castOne('timestamp', 1706702400000)).toBe(noon);
    expect(castOne('timestamp', 1706702400000n)).toBe(noon);
    expect(castOne({ type: 'timestamp', format: 'iso' }, 1706702400000)).toBe(noon);
    expect(castOne('timestamp', 12.9)).toBe(12);
    expect(castOne('timestamp', -0.1)).toBe(-1);
    expect(castOne('timestamp', -0)).toBe(0);
    expect(castOne('timestamp', new Date(noon))).toBe(noon);
  });

  it.each([Infinity, 8.64e15 + 1, true, {}, [noon], new Date(Number.NaN)])('rejects the value %j', (value) => {
    expect(castOne('timestamp', value)).toEqual({ rule: 'timestamp' });
  });

  it('agrees with Date.parse where both read a text', () => {
    let both = 0;
    fc.assert(
      fc.property(nearlyIso, (text) => {
        const ours = isoInstant(text, undefined);
        const theirs = Date.parse(text);
        if (Number.isNaN(ours) || Number.isNaN(theirs)) return;
        both++;
        expect(ours).toBe(theirs);
      }),
      { numRuns: 5_000 },
    );
    expect(both).toBeGreaterThan(1_000);
  });

  it('reads what toISOString writes', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(isoInstant(date.toISOString(), undefined)).toBe(date.getTime());
      }),
      { numRuns: 2_000 },
    );
  });

  it('never takes text at random', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isoInstant(text, undefined)).toBeNaN();
      }),
    );
  });
});

const two = (max: number): fc.Arbitrary<string> => fc.nat(max).map((n) => String(n).padStart(2, '0'));
const nearlyIso = fc
  .tuple(
    fc.integer({ min: 0, max: 9_999 }).map((n) => String(n).padStart(4, '0')),
    two(13),
    two(32),
    two(24),
    two(60),
    fc.oneof(
      fc.constant(''),
      two(60).map((s) => `:${s}`),
      fc.tuple(two(59), fc.nat(9_999_999)).map(([s, f]) => `:${s}.${f}`),
    ),
    fc.oneof(
      fc.constant('Z'),
      fc.tuple(fc.constantFrom('+', '-'), two(24), two(60)).map(([s, h, m]) => `${s}${h}:${m}`),
    ),
  )
  .map(
    ([year, month, day, hour, minute, second, offset]) => `${year}-${month}-${day}T${hour}:${minute}${second}${offset}`,
  );
