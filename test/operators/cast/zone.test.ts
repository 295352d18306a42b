import { describe, expect, it } from 'vitest';
import { castOne } from './cast-all.ts';

const inZone = (zone: string, text: string): unknown => {
  const at = castOne({ type: 'timestamp', zone }, text);
  return typeof at === 'number' ? new Date(at).toISOString() : at;
};

describe('cast to timestamp of a time without offset', () => {
  it.each([
    ['UTC', '2024-01-31T12:00', '2024-01-31T12:00:00.000Z'],
    ['Europe/Berlin', '2024-01-31T12:00:00.5', '2024-01-31T11:00:00.500Z'],
    ['Europe/Berlin', '2024-07-31T12:00', '2024-07-31T10:00:00.000Z'],
    ['Asia/Kathmandu', '20240131T120000', '2024-01-31T06:15:00.000Z'],
    ['America/New_York', '1969-12-31 19:00', '1970-01-01T00:00:00.000Z'],
    ['Pacific/Kiritimati', '2024-01-01T00:00', '2023-12-31T10:00:00.000Z'],
  ])('reads it in %s: %s', (zone, text, expected) => {
    expect(inZone(zone, text)).toBe(expected);
  });

  it.each([
    ['Europe/Berlin', '2024-01-31', '2024-01-30T23:00:00.000Z'],
    ['Europe/Berlin', '20240731', '2024-07-30T22:00:00.000Z'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'], // the clocks went from 0:00 to 1:00
  ])('takes a day for its midnight in %s: %s', (zone, text, expected) => {
    expect(inZone(zone, text)).toBe(expected);
  });

  it.each([
    // 2024-03-31 in Berlin: from 02:00 (+1) to 03:00 (+2)
    ['Europe/Berlin', '2024-03-31T01:59:59.999', '2024-03-31T00:59:59.999Z'],
    ['Europe/Berlin', '2024-03-31T02:00', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-03-31T02:30', '2024-03-31T01:30:00.000Z'],
    ['Europe/Berlin', '2024-03-31T03:00', '2024-03-31T01:00:00.000Z'],
    // A whole day that Samoa skipped
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T22:00:00.000Z'],
  ])('moves a time that %s skips on by as much as was skipped: %s', (zone, text, expected) => {
    expect(inZone(zone, text)).toBe(expected);
  });

  it.each([
    // 2024-10-27 in Berlin: from 03:00 (+2) back to 02:00 (+1)
    ['Europe/Berlin', '2024-10-27T01:59', '2024-10-26T23:59:00.000Z'],
    ['Europe/Berlin', '2024-10-27T02:00', '2024-10-27T00:00:00.000Z'],
    ['Europe/Berlin', '2024-10-27T02:30', '2024-10-27T00:30:00.000Z'],
    ['Europe/Berlin', '2024-10-27T03:00', '2024-10-27T02:00:00.000Z'],
    ['Australia/Lord_Howe', '2024-04-07T01:45', '2024-04-06T14:45:00.000Z'], // half an hour twice
  ])('takes the earlier of a time that %s shows twice: %s', (zone, text, expected) => {
    expect(inZone(zone, text)).toBe(expected);
  });

  it('rejects one that no Date can hold', () => {
    expect(inZone('Europe/Berlin', '+275760-09-14T00:00')).toEqual({ rule: 'timestamp' });
    expect(inZone('UTC', '+275760-09-13T00:00')).toBe('+275760-09-13T00:00:00.000Z');
  });
});
