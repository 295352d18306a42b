import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Zone, zoneName } from '../../core/zone.ts';

const hourMs = 3_600_000;
const names = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Casablanca'];
const zones = new Map(names.map((name) => [name, new Zone(name)]));
const instants = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) });

describe('Zone', () => {
  it('knows the offset of every instant, as Intl writes it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), instants, (name, at) => {
        expect(zones.get(name)?.offsetAt(at)).toBe(written(name, at));
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes the offset at the very millisecond', () => {
    const berlin = new Zone('Europe/Berlin');
    const change = Date.UTC(2024, 2, 31, 1);
    expect([berlin.offsetAt(change - 1), berlin.offsetAt(change)]).toEqual([hourMs, 2 * hourMs]);
  });

  it('finds an instant that shows the wall time again, the earliest, unless there is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), instants, (name, at) => {
        const zone = zones.get(name) as Zone;
        const wall = at + zone.offsetAt(at);
        const found = zone.instantOf(wall);
        expect(found).toBeLessThanOrEqual(at);
        expect(found + zone.offsetAt(found)).toBe(wall);
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows times before Christ and odd local times', () => {
    const at = Date.UTC(-50, 0, 1);
    expect(new Zone('Europe/Berlin').offsetAt(at)).toBe(written('Europe/Berlin', at));
  });

  it('answers NaN where no Date is', () => {
    expect(new Zone('UTC').offsetAt(9e15)).toBeNaN();
    expect(new Zone('UTC').instantOf(Number.NaN)).toBeNaN();
  });

  it('remembers a bounded number of days and goes on', () => {
    const berlin = new Zone('Europe/Berlin');
    for (let day = 0; day < 5_000; day++) berlin.offsetAt(day * 86_400_000);
    expect(berlin.offsetAt(0)).toBe(hourMs);
  });
});

describe('zoneName', () => {
  it.each(['Europe/Nowhere', '', 5, null, undefined])('rejects %j', (value) => {
    expect(() => zoneName('cast', 'at.zone', value)).toThrow(
      "cast: `at.zone` must be a time zone such as 'Europe/Berlin'",
    );
  });

  it('gives back a name that Intl knows', () => {
    expect(zoneName('cast', 'at.zone', 'Europe/Berlin')).toBe('Europe/Berlin');
  });
});

/** The offset as Intl itself puts it: `GMT+05:30`, `GMT-04:56:02`. */
function written(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + 0;
}
