import { expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { median } from '../../../operators/aggregate/median.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { stddev } from '../../../operators/aggregate/stddev.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { CumulativeGrid, type Grid, SlidingGrid, windowsAt } from '../../../operators/window/assign.ts';
import { CalendarGrid, type CalendarUnit } from '../../../operators/window/calendar.ts';
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import type { Stream } from '../../../src/stream.ts';
import { drive } from '../../../src/testing/index.ts';
import { describeOracle } from '../../support/oracles.ts';

type Interval = readonly [start: number, end: number];

interface Window {
  readonly type: string;
  readonly fn?: string;
  readonly size_ms?: number;
  readonly size?: number;
  readonly slide_ms?: number;
  readonly offset_ms?: number;
  readonly offset?: number;
  readonly max_size_ms?: number;
  readonly step_ms?: number;
  readonly grace_ms?: number;
}

interface Cases {
  readonly assignments: readonly {
    readonly window: Window;
    readonly t: number;
    readonly windows: readonly Interval[];
  }[];
  readonly assignment_groups: readonly {
    readonly name: string;
    readonly window: Window;
    readonly timestamps: readonly number[];
    readonly expected?: readonly { readonly window: Interval; readonly timestamps: readonly number[] }[];
  }[];
  readonly invalid_configs: readonly { readonly window: Window }[];
}

describeOracle<Cases>('where Flink, Beam and Kafka put a time', 'windows.json', (cases, counted) => {
  const assignments = counted('assignments');
  const byWindow = counted('groups of assignments');
  const refusals = counted('refusals');
  // Those of sessions have a test of their own.
  const isOurs = ({ window }: { readonly window: Window }): boolean => window.type !== 'session';

  it.each(cases.assignments.filter(isOurs))('$window, $t', ({ window, t, windows }) => {
    assignments.check(() => expect(windowsAt(t, gridOf(window))).toEqual(windows));
  });

  it.each(cases.assignment_groups.filter(isOurs))('$name', ({ window, timestamps, expected = [] }) => {
    byWindow.check(() => {
      const groups = new Map<string, number[]>();
      for (const at of timestamps) {
        for (const each of windowsAt(at, gridOf(window)))
          groups.set(each.join(), [...(groups.get(each.join()) ?? []), at]);
      }
      expect(groups).toEqual(new Map(expected.map((each) => [each.window.join(), each.timestamps])));
    });
  });

  it.each(cases.invalid_configs.filter(isOurs))('refuses $window', ({ window }) => {
    refusals.check(() => {
      const {
        type,
        size_ms: size = 0,
        slide_ms: slide = 0,
        offset_ms: offset = 0,
        grace_ms: allowedLateness = 0,
      } = window;
      const given = { size, offset, allowedLateness, time: 't', aggregate: { n: count() } } as const;
      const make = (): unknown =>
        type === 'sliding' ? slidingWindow<{ t: number }>({ ...given, slide }) : tumblingWindow<{ t: number }>(given);
      expect(make).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    });
  });
});

interface Resampled {
  readonly name: string;
  readonly op: string;
  readonly params: {
    readonly size_ms?: number;
    readonly offset_ms?: number;
    readonly closed?: 'left' | 'right';
    readonly label?: 'left' | 'right';
    readonly unit?: CalendarUnit;
    readonly timezone?: string;
  };
  readonly keys?: readonly string[];
  readonly input: readonly (number | null)[];
  readonly times: readonly number[];
  readonly expected: readonly Readonly<Record<string, number | string | null>>[];
}

interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number | null;
}

const aggregate = {
  count: count('v'),
  sum: sum('v'),
  mean: mean('v'),
  min: min('v'),
  max: max('v'),
  std: stddev('v'),
  median: median('v'),
  first: first('v'),
  last: last('v'),
};

describeOracle<readonly Resampled[]>('what pandas makes of windows', 'pandas-resample.json', (cases, counted) => {
  const tally = counted('windows');

  it.each(cases)('$name', ({ params, keys, input, times, expected }) => {
    tally.check(() => {
      const driver = drive((readings: Stream<Reading>) => cut(readings, params, keys !== undefined));
      input.forEach((v, index) => driver.push({ key: keys?.[index] ?? '', at: times[index]!, v }));
      const rows = driver.end().take();
      const label = params.label === 'right' ? 'windowEnd' : 'windowStart';
      const seen = rows.map((row): Readonly<Record<string, unknown>> => {
        return { ...row, label: (row[label] as number) - shiftOf(params), start: row['windowStart'] };
      });
      const byKey = keys === undefined ? seen : seen.toSorted((a, b) => (String(a['key']) < String(b['key']) ? -1 : 1));
      expect(byKey).toHaveLength(expected.length);
      expected.forEach((row, index) => {
        for (const [name, value] of Object.entries(row)) {
          expect([index, name, close(byKey[index]?.[name], value)]).toEqual([index, name, value]);
        }
      });
    });
  });
});

/** The expected value, if it is a number and ours is as near as sums in another order may be. */
function close(own: unknown, expected: unknown): unknown {
  if (typeof expected !== 'number') return own;
  return Math.abs(Number(own) - expected) <= 1e-9 * Math.max(1, Math.abs(expected)) ? expected : own;
}

/** In whole milliseconds the window (start, end] of pandas is [start + 1, end + 1). */
function shiftOf({ closed }: Resampled['params']): number {
  return closed === 'right' ? 1 : 0;
}

function cut(
  readings: Stream<Reading>,
  params: Resampled['params'],
  keyed: boolean,
): Stream<Readonly<Record<string, unknown>>, unknown> {
  const { size_ms: size = 0, offset_ms: shift = 0, unit, timezone = 'UTC' } = params;
  const offset = unit === undefined ? (shift + shiftOf(params)) % size : 0;
  const timed = readings.eventTime('at', { outOfOrderness: '1000d' });
  const stream = keyed ? timed.keyBy('key') : timed;
  // In pandas a key has no empty windows; a series has them from its first window to its last.
  const windows =
    unit === undefined
      ? stream.tumblingWindow(size, { offset, empty: !keyed })
      : stream.calendarWindow({ every: unit, zone: timezone, empty: !keyed });
  return windows.aggregate(aggregate) as never;
}

function gridOf(window: Window): Grid {
  const {
    type,
    fn = '',
    size_ms: sizeMs,
    slide_ms: slide,
    offset_ms: offsetMs,
    max_size_ms: most = 0,
    step_ms: step = 0,
  } = window;
  const size = sizeMs ?? window.size ?? 0;
  const offset = offsetMs ?? window.offset ?? 0;
  if (type === 'cumulative') return new CumulativeGrid(most, step, offset);
  if (type !== 'calendar') return new SlidingGrid(size, slide ?? size, offset);
  const [, unit = ''] = /CalendarWindows\.(day|month)s\(1\)/.exec(fn) ?? [];
  const [, zone = 'UTC'] = /withTimeZone\("(.+)"\)/.exec(fn) ?? [];
  return new CalendarGrid(unit as CalendarUnit, zone, 'monday');
}
