import { describe, expect, it } from 'vitest';
import { CumulativeGrid, type Grid, SlidingGrid, windowsAt } from '../../../operators/window/assign.ts';
import { CalendarGrid, type CalendarUnit, type Weekday } from '../../../operators/window/calendar.ts';

describe('windowsAt', () => {
  it.each([
    ['in a window', 5, 10, 0, [[0, 10]]],
    ['at its start', 10, 10, 0, [[10, 20]]],
    ['before its end', 9, 10, 0, [[0, 10]]],
    ['before the epoch', -1, 10, 0, [[-10, 0]]],
    ['with an offset', 2, 10, 3, [[-7, 3]]],
    ['with an offset backwards', -4, 10, -3, [[-13, -3]]],
    ['between two ms', 9.5, 10, 0, [[0, 10]]],
  ])('finds the window %s', (_, at, size, offset, windows) => {
    expect(windowsAt(at, new SlidingGrid(size, size, offset))).toEqual(windows);
  });

  it.each([
    [
      0,
      6,
      2,
      0,
      [
        [-4, 2],
        [-2, 4],
        [0, 6],
      ],
    ],
    [
      1,
      6,
      2,
      0,
      [
        [-4, 2],
        [-2, 4],
        [0, 6],
      ],
    ],
    [7, 7, 5, 0, [[5, 12]]],
    [
      6,
      7,
      5,
      0,
      [
        [0, 7],
        [5, 12],
      ],
    ],
    [-1, 7, 5, 0, [[-5, 2]]],
    [
      2,
      10,
      5,
      2,
      [
        [-3, 7],
        [2, 12],
      ],
    ],
  ])('finds all sliding windows around %d, size %d, slide %d, offset %d', (at, size, slide, offset, windows) => {
    expect(windowsAt(at, new SlidingGrid(size, slide, offset))).toEqual(windows);
  });

  it.each([
    [
      0,
      6,
      2,
      0,
      [
        [0, 2],
        [0, 4],
        [0, 6],
      ],
    ],
    [
      3,
      6,
      2,
      0,
      [
        [0, 4],
        [0, 6],
      ],
    ],
    [5, 6, 2, 0, [[0, 6]]],
    [-1, 6, 2, 0, [[-6, 0]]],
    [3, 6, 2, 5, [[-1, 5]]],
  ])('finds all cumulative windows around %d, size %d, step %d, offset %d', (at, size, step, offset, windows) => {
    expect(windowsAt(at, new CumulativeGrid(size, step, offset))).toEqual(windows);
  });
});

describe('slices', () => {
  const grids: readonly [string, Grid][] = [
    ['tumbling', new SlidingGrid(7, 7, 3)],
    ['sliding', new SlidingGrid(6, 2, -1)],
    ['sliding with a rest', new SlidingGrid(7, 5, 2)],
    ['cumulative', new CumulativeGrid(12, 3, 5)],
    ['of a calendar', new CalendarGrid('hour', 'Asia/Kolkata', 'monday')],
  ];

  it.each(grids)('cut time without gaps, and every %s window at its borders', (_, grid) => {
    let start = grid.sliceStart(-100);
    for (let at = -100; at < 100; at++) {
      if (at === grid.sliceEnd(start)) start = at;
      expect([at, grid.sliceStart(at)]).toEqual([at, start]);
      for (const [from, to] of windowsAt(at, grid)) {
        expect([grid.sliceStart(from), grid.sliceStart(to)]).toEqual([from, to]);
      }
    }
  });

  it('are as few as windows that do not divide evenly allow: two a slide', () => {
    const grid = new SlidingGrid(100_001, 100_000, 0);
    expect([grid.sliceStart(0), grid.sliceStart(1), grid.sliceEnd(1)]).toEqual([0, 1, 100_000]);
  });
});

describe('CalendarGrid', () => {
  const instant = (text: string): number => Date.parse(text);
  const windowOf = (every: CalendarUnit, zone: string, at: string, first: Weekday = 'monday'): string[] => {
    const grid = new CalendarGrid(every, zone, first);
    const [[start, end] = [Number.NaN, Number.NaN], ...others] = windowsAt(instant(at), grid);
    expect(others).toEqual([]);
    expect([grid.startOf(end), grid.sliceStart(start), grid.sliceStart(end)]).toEqual([start, start, end]);
    return [start, end].map((border) => new Date(border).toISOString().replace(':00.000', ''));
  };

  it.each<[CalendarUnit, string, string, string, string, string]>([
    ['day', 'Europe/Berlin', 'of 23 hours', '2024-03-31T12:00Z', '2024-03-30T23:00Z', '2024-03-31T22:00Z'],
    ['day', 'Europe/Berlin', 'of 25 hours', '2024-10-27T12:00Z', '2024-10-26T22:00Z', '2024-10-27T23:00Z'],
    ['day', 'America/Havana', 'with two midnights', '2024-11-03T05:30Z', '2024-11-03T04:00Z', '2024-11-04T05:00Z'],
    ['day', 'Africa/Cairo', 'without a midnight', '2024-04-25T22:30Z', '2024-04-25T22:00Z', '2024-04-26T21:00Z'],
    ['day', 'America/Sao_Paulo', 'that goes on', '2018-02-18T02:30Z', '2018-02-17T02:00Z', '2018-02-18T03:00Z'],
    [
      'day',
      'America/St_Johns',
      'put back behind midnight',
      '2010-11-07T02:45Z',
      '2010-11-07T02:30Z',
      '2010-11-08T03:30Z',
    ],
    ['day', 'Pacific/Apia', 'before one left out', '2011-12-30T09:59Z', '2011-12-29T10:00Z', '2011-12-30T10:00Z'],
    ['day', 'Pacific/Apia', 'behind one left out', '2011-12-30T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
    ['day', 'UTC', 'before the epoch', '1969-12-31T23:59Z', '1969-12-31T00:00Z', '1970-01-01T00:00Z'],
    ['month', 'Europe/Berlin', 'with a change', '2024-03-31T22:00Z', '2024-03-31T22:00Z', '2024-04-30T22:00Z'],
    ['month', 'UTC', 'February of a leap year', '2024-02-29T12:00Z', '2024-02-01T00:00Z', '2024-03-01T00:00Z'],
    ['quarter', 'America/New_York', 'the last', '2024-12-31T23:00Z', '2024-10-01T04:00Z', '2025-01-01T05:00Z'],
    ['year', 'Asia/Tokyo', 'begins earlier than in UTC', '2024-12-31T15:00Z', '2024-12-31T15:00Z', '2025-12-31T15:00Z'],
    [
      'hour',
      'Europe/Berlin',
      'that comes twice: the first',
      '2024-10-27T00:30Z',
      '2024-10-27T00:00Z',
      '2024-10-27T01:00Z',
    ],
    [
      'hour',
      'Europe/Berlin',
      'that comes twice: the second',
      '2024-10-27T01:30Z',
      '2024-10-27T01:00Z',
      '2024-10-27T02:00Z',
    ],
    ['hour', 'Asia/Kolkata', 'at half past', '2024-01-01T00:45Z', '2024-01-01T00:30Z', '2024-01-01T01:30Z'],
    [
      'hour',
      'Australia/Lord_Howe',
      'cut by half an hour',
      '2024-10-05T15:45Z',
      '2024-10-05T15:30Z',
      '2024-10-05T16:00Z',
    ],
    ['hour', 'Australia/Lord_Howe', 'put back by half', '2024-04-06T15:10Z', '2024-04-06T15:00Z', '2024-04-06T15:30Z'],
  ])('cuts a %s in %s %s', (every, zone, _, at, start, end) => {
    expect(windowOf(every, zone, at)).toEqual([start, end]);
  });

  it.each<[Weekday, string]>([
    ['monday', '2024-01-01T00:00Z'],
    ['tuesday', '2024-01-02T00:00Z'],
    ['wednesday', '2024-01-03T00:00Z'],
    ['thursday', '2023-12-28T00:00Z'],
    ['friday', '2023-12-29T00:00Z'],
    ['saturday', '2023-12-30T00:00Z'],
    ['sunday', '2023-12-31T00:00Z'],
  ])('begins weeks on %s', (first, start) => {
    expect(windowOf('week', 'UTC', '2024-01-03T12:00Z', first)[0]).toBe(start);
  });

  it.each(['hour', 'day', 'week', 'month', 'quarter', 'year'] as const)(
    'cuts time without gaps into every %s, wherever clocks are changed',
    (every) => {
      for (const zone of [
        'Europe/Berlin',
        'America/St_Johns',
        'Australia/Lord_Howe',
        'Pacific/Apia',
        'Asia/Kathmandu',
      ]) {
        const grid = new CalendarGrid(every, zone, 'sunday');
        const until = instant('2012-01-02T00:00Z');
        const from =
          until - { hour: 4, day: 800, week: 800, month: 1_600, quarter: 1_600, year: 9_000 }[every] * 86_400_000;
        let start = grid.sliceStart(from);
        for (let slices = 0; start < until; slices++) {
          const end = grid.sliceEnd(start);
          expect(end).toBeGreaterThan(start);
          const inside = [start, start + 1, (start + end) / 2, end - 1].map((at) => grid.sliceStart(Math.floor(at)));
          expect([slices, ...inside, grid.sliceStart(end)]).toEqual([slices, start, start, start, start, end]);
          start = end;
        }
      }
    },
  );

  it('has no window for a time outside the range of `Date`', () => {
    expect(windowsAt(8.64e15, new CalendarGrid('year', 'UTC', 'monday'))).toEqual([]);
  });
});
