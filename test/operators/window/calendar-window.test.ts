import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import type { CalendarUnit, Weekday } from '../../../operators/window/calendar.ts';
import { calendarWindow } from '../../../operators/window/calendar-window.ts';
import type { CalendarOptions } from '../../../operators/window/window-options.ts';
import type { Stream } from '../../../src/stream.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { type Click, type ClickRow, push } from './shown-rows.ts';
import type { Reading } from './window-model.ts';

const aggregate = { records: count(), mean: mean('v'), max: max('v') };
const n: { n: Aggregate<unknown, number> } = { n: count() };
const zone = 'Europe/Berlin';
const hour = 3_600_000;

/** `2024-03-31T12` is noon in UTC. */
const utc = (text: string): number => Date.parse(`${text}:00Z`);
const text = (at: number): string => new Date(at).toISOString().replace(':00:00.000Z', '');

/** Over the night in which Berlin has no 2 o'clock: in order, out of order, late, and too late. */
const samples: readonly Reading[] = [
  { key: 'b', at: utc('2024-03-29T23:00'), v: 1 },
  { key: 'a', at: utc('2024-03-30T22:59'), v: null },
  { key: 'a', at: utc('2024-03-30T23:00'), v: 2 },
  { key: 'a', at: utc('2024-03-30T12:00'), v: 4 },
  { key: 'b', at: utc('2024-03-31T21:59'), v: 3 },
  { key: 'b', at: utc('2024-03-31T22:00'), v: 5 },
  { key: 'a', at: utc('2024-03-31T00:59'), v: 7 },
  { key: 'c', at: utc('2024-04-02T12:00'), v: 6 },
  { key: 'b', at: utc('2024-03-30T12:00'), v: 8 },
];

describe('calendarWindow', () => {
  describe.each<CalendarOptions>([
    { every: 'day', zone },
    { every: 'hour', zone: 'Australia/Lord_Howe' },
    { every: 'week', zone, weekStartsOn: 'sunday' },
    { every: 'month', zone, empty: true },
    { every: 'day', zone, allowedLateness: '1d' },
    { every: 'day', zone, allowedLateness: '1d', early: { every: '6h' } },
    { every: 'day', zone, allowedLateness: 'unbounded', early: { count: 2 }, panes: 'discarding' },
    { every: 'day', zone, empty: true, allowedLateness: '1d' },
  ])('with %j', (options) => {
    obeysOperatorLaws(
      () =>
        calendarWindow<Reading, 'key', typeof aggregate, boolean>({ ...options, time: 'at', key: 'key', aggregate }),
      [...samples, { key: 'd', at: utc('2024-05-01T12:00'), v: 9 }, { key: 'd', at: utc('2024-04-03T12:00'), v: 9 }],
    );
  });

  it(
    'fires a day at midnight of its zone, and lets a record of midnight begin the next one',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a---b---c---d-|', {
        a: { at: utc('2024-03-31T00:59') + 59_999 }, // 01:59:59.999, the last moment before 3 o'clock
        b: { at: utc('2024-03-31T22:00') - 1 },
        c: { at: utc('2024-03-31T22:00') }, // midnight
        d: { at: utc('2024-03-31T22:00') - 1 }, // its day has fired
      });
      const expected = '    ---------x-----(y|)';

      const rows = source.pipe(calendarWindow({ every: 'day', zone, time: 'at', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        x: { windowStart: utc('2024-03-30T23:00'), windowEnd: utc('2024-03-31T22:00'), n: 2 },
        y: { windowStart: utc('2024-03-31T22:00'), windowEnd: utc('2024-04-01T22:00'), n: 1 },
      });
    }),
  );

  it.each<[CalendarUnit, string, string]>([
    ['hour', '2024-03-31T12', '2024-03-31T13'],
    ['day', '2024-03-30T23', '2024-03-31T22'],
    ['week', '2024-03-24T23', '2024-03-31T22'],
    ['month', '2024-02-29T23', '2024-03-31T22'],
    ['quarter', '2023-12-31T23', '2024-03-31T22'],
    ['year', '2023-12-31T23', '2024-12-31T23'],
  ])('cuts every %s as the clocks of Berlin show it: [%s, %s)', (every, start, end) => {
    const [row] = clicks({ every, zone }, utc('2024-03-31T12:34')).end().take();
    expect([text(row!.windowStart), text(row!.windowEnd)]).toEqual([start, end]);
  });

  it.each<[Weekday, string, string]>([
    ['monday', '2024-01-01', '2024-01-08'],
    ['tuesday', '2024-01-02', '2024-01-09'],
    ['wednesday', '2024-01-03', '2024-01-10'],
    ['thursday', '2023-12-28', '2024-01-04'],
    ['friday', '2023-12-29', '2024-01-05'],
    ['saturday', '2023-12-30', '2024-01-06'],
    ['sunday', '2023-12-31', '2024-01-07'],
  ])('begins weeks on a %s of New York', (weekStartsOn, start, end) => {
    const options: CalendarOptions = { every: 'week', zone: 'America/New_York', weekStartsOn };
    const [row] = clicks(options, utc('2024-01-03T12:00')).end().take();
    expect([text(row!.windowStart), text(row!.windowEnd)]).toEqual([`${start}T05`, `${end}T05`]);
  });

  it('begins weeks on Monday unless it is told otherwise', () => {
    const [row] = clicks({ every: 'week', zone: 'UTC' }, utc('2024-01-03T12:00')).end().take();
    expect(text(row!.windowStart)).toBe('2024-01-01T00');
  });

  it.each([
    ['of 23 hours', '2024-03-29T23:00', [24, 23, 24]],
    ['of 25 hours', '2024-10-25T22:00', [24, 25, 24]],
  ])('has a day %s where clocks are changed', (_, from, hours) => {
    const all = hours.reduce((sum, each) => sum + each, 0);
    const times = Array.from({ length: all }, (__, index) => utc(from) + index * hour);
    const rows = clicks({ every: 'day', zone }, ...times)
      .end()
      .take();
    expect(rows.map((row) => row.n)).toEqual(hours);
    expect(rows.map(({ windowStart, windowEnd }) => (windowEnd - windowStart) / hour)).toEqual(hours);
  });

  it('makes two hours of the one that comes twice', () => {
    const rows = clicks({ every: 'hour', zone }, utc('2024-10-27T00:30'), utc('2024-10-27T01:30')).end().take();
    expect(rows.map(({ windowStart, n: records }) => [text(windowStart), records])).toEqual([
      ['2024-10-27T00', 1],
      ['2024-10-27T01', 1],
    ]);
  });

  it('fires early counted from the start of the day, a fourth time where it has 25 hours', () => {
    const times = Array.from({ length: 25 }, (_, index) => utc('2024-10-26T22:00') + index * hour);
    const rows = clicks({ every: 'day', zone, early: { every: '6h' } }, ...times)
      .end()
      .take();
    expect(rows.map(({ pane, n: records }) => [pane?.timing, records])).toEqual([
      ['early', 7],
      ['early', 13],
      ['early', 19],
      ['early', 25],
      ['on-time', 25],
    ]);
  });

  it('keeps a day for its lateness, which is no matter of the calendar', () => {
    const end = utc('2024-03-31T22:00');
    const driver = clicks({ every: 'day', zone, allowedLateness: '1h' }, end - 1).watermark(end - 1);
    driver.push({ user: 'a', at: end - 5 }).watermark(end - 1 + hour);
    driver.push({ user: 'a', at: end - 5 });
    expect(driver.take().map(({ pane, n: records }) => [pane?.timing, records])).toEqual([
      ['on-time', 1],
      ['late', 2],
    ]);
    expect(driver.takeRejections()).toMatchObject([{ kind: 'late', received: end - 5 }]);
  });

  it('fires months without a record where it is asked to', () => {
    const options: CalendarOptions = { every: 'month', zone, empty: true };
    const rows = clicks(options, utc('2024-01-31T22:59'), utc('2024-04-30T21:59')).end().take();
    expect(rows.map(({ windowStart, n: records }) => [text(windowStart), records])).toEqual([
      ['2023-12-31T23', 1],
      ['2024-01-31T23', 0],
      ['2024-02-29T23', 0],
      ['2024-03-31T22', 1],
    ]);
  });

  it('fires at midnight by the clock in processing time, also behind a restore', () => {
    const options: CalendarOptions = { every: 'day', zone, clock: 'processing' };
    const midnight = utc('2024-03-31T22:00');
    const driver = clicks(options)
      .advanceTo(midnight - 1)
      .push({ user: 'a', at: 0 });
    const restored = clicks(options).restore(driver.snapshot());
    for (const each of [driver, restored]) {
      expect(each.take()).toEqual([]);
      const [row] = each.advanceTo(midnight).push({ user: 'a', at: 0 }).take();
      expect(row).toMatchObject({ windowStart: utc('2024-03-30T23:00'), windowEnd: midnight, n: 1 });
      expect(each.end().take()).toMatchObject([{ windowStart: midnight, n: 1 }]);
    }
  });

  it.each([
    [
      { every: 'fortnight' },
      '`every` must be one of `hour`, `day`, `week`, `month`, `quarter`, `year`, got "fortnight"',
    ],
    [{ every: undefined }, '`every` must be one of `hour`, `day`'],
    [{ zone: 'Mars/Olympus' }, '`zone` must be a time zone such as \'Europe/Berlin\', got "Mars/Olympus" (string)'],
    [{ zone: undefined }, "`zone` must be a time zone such as 'Europe/Berlin', got undefined"],
    [{ zone: 1 }, "`zone` must be a time zone such as 'Europe/Berlin', got 1 (number)"],
    [{ every: 'week', weekStartsOn: 'Montag' }, '`weekStartsOn` must be one of `monday`'],
    [{ every: 'week', weekStartsOn: 1 }, '`weekStartsOn` must be one of `monday`'],
    [
      { weekStartsOn: 'sunday' },
      '`weekStartsOn` must be left out unless `every` is \'week\', got "sunday" (string); a day',
    ],
  ])('refuses %j when called', (wrong, message) => {
    const call = (): unknown => calendarWindow({ every: 'day', zone, time: 'at', aggregate, ...wrong } as never);
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`calendarWindow: ${message}`);
  });
});

/** A driver over clicks of one user at these times. */
function clicks(options: CalendarOptions, ...times: readonly number[]): Driver<Click, ClickRow> {
  const days = (input: Stream<Click>): Stream<ClickRow> =>
    input.eventTime('at').keyBy('user').calendarWindow(options).aggregate(n);
  return push(drive(days), ...times);
}
