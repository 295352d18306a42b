import { expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { sessionWindow } from '../../../operators/window/session-window.ts';
import type { Stream } from '../../../src/stream.ts';
import { drive } from '../../../src/testing/index.ts';
import { applicable, describeOracle } from '../../support/oracles.ts';

type Interval = readonly [start: number, end: number];

interface Merges {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly Interval[];
  readonly merges?: readonly { readonly sources: readonly Interval[]; readonly target: Interval }[];
  readonly steps?: readonly {
    readonly add: Interval;
    readonly result: Interval;
    readonly merged: boolean;
    readonly merged_from?: readonly Interval[];
  }[];
}

interface Assignment {
  readonly window: { readonly type: string; readonly gap_ms?: number; readonly gap?: number };
}

describeOracle<{
  readonly session_merges: readonly Merges[];
  readonly session_overlap: {
    readonly cases: readonly { readonly a: Interval; readonly b: Interval; readonly overlap: boolean }[];
  };
  readonly assignments: readonly (Assignment & { readonly t: number; readonly windows: readonly Interval[] })[];
  readonly assignment_groups: readonly (Assignment & {
    readonly name: string;
    readonly timestamps: readonly number[];
    readonly expected?: readonly { readonly window: Interval; readonly timestamps: readonly number[] }[];
    readonly expected_windows?: readonly Interval[];
  })[];
  readonly invalid_configs: readonly Assignment[];
}>('what they say of merging sessions', 'windows.json', (cases, counted) => {
  const merges = counted('session merges');
  const overlaps = counted('session overlaps');
  const assignments = counted('assignments');
  const groups = counted('groups of assignments');
  const refusals = counted('refusals');
  const isOurs = ({ window }: Assignment): boolean => window.type === 'session';

  const isBatch = ({ op }: Merges): boolean => op === 'session_merge_batch';
  it.each(cases.session_merges.filter(isBatch))('$name', ({ input = [], merges: wanted = [] }) => {
    merges.check(() => {
      const sessions = new Sessions();
      for (const [start, end] of input) sessions.add([start, withLength(start, end)]);
      expect(sessions.merged()).toEqual(wanted.map(({ sources, target }) => [target, sources.length]));
    });
  });

  it.each(cases.session_merges.filter((each) => !isBatch(each)))('$name', ({ steps = [] }) => {
    merges.check(() => {
      const sessions = new Sessions();
      for (const { add, result, merged, merged_from: sources = [] } of steps) {
        const before = sessions.open();
        expect(before).toEqual(expect.arrayContaining([...sources]));
        sessions.add(add);
        const after = sessions.open();
        expect(after).toContainEqual(result);
        expect(merged && before.some((each) => String(each) === String(result))).toBe(false);
        const lost = sources.filter((source) => !after.some((each) => String(each) === String(source)));
        expect(lost).toEqual(sources);
      }
    });
  });

  it.each(cases.session_overlap.cases)('$a and $b overlap: $overlap', ({ a, b, overlap }) => {
    overlaps.check(() => {
      const sessions = new Sessions();
      // Half a unit longer, so that one of a single moment has a length; whole numbers touch as before.
      for (const [start, end] of [a, b]) sessions.add([start, end + 0.5]);
      expect(sessions.open()).toHaveLength(overlap ? 1 : 2);
    });
  });

  it.each(cases.assignments.filter(isOurs))('assigns $t to $windows', ({ window, t, windows }) => {
    assignments.check(() => {
      const sessions = new Sessions();
      sessions.add([t, t + (window.gap_ms as number)]);
      expect(sessions.open()).toEqual(windows);
    });
  });

  const elsewhere = { 'beam/SessionsTest/testSimple': 'in Beam sessions that only touch stay two' };
  it.each(applicable(cases.assignment_groups.filter(isOurs), groups, elsewhere))(
    '$name',
    ({ window, timestamps, expected, expected_windows: windows }) => {
      groups.check(() => {
        const sessions = new Sessions();
        for (const t of timestamps) sessions.add([t, t + ((window.gap_ms ?? window.gap) as number)]);
        expect(sessions.open()).toEqual(windows ?? expected?.map((each) => each.window));
        const counts = sessions.all().map(({ n }) => n);
        expect(counts).toEqual(expected?.map((each) => each.timestamps.length) ?? counts);
      });
    },
  );

  it.each(cases.invalid_configs.filter(isOurs))('refuses $window', ({ window }) => {
    refusals.check(() => {
      const call = (): unknown =>
        sessionWindow({ gap: window.gap_ms as number, time: 'at', aggregate: { n: count() } } as never);
      expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    });
  });
});

/** The end of an interval; of one without a length half a unit later, for a session has one. Whole numbers touch as before. */
function withLength(start: number, end: number): number {
  return end > start ? end : start + 0.5;
}

/** Sessions into which one puts intervals, and looks at them. A half of a unit is 1 ms, the least that there is. */
class Sessions {
  readonly #driver = drive(Sessions.#chain);

  static #chain(events: Stream<{ at: number; gap: number }>) {
    return events
      .eventTime('at', { outOfOrderness: 1e12 })
      .sessionWindow({ gap: ({ gap }) => gap })
      .aggregate({ n: count() });
  }

  add([start, end]: Interval): void {
    this.#driver.push({ at: 2 * start, gap: 2 * (end - start) });
  }

  all(): { readonly windowStart: number; readonly windowEnd: number; readonly n: number }[] {
    const rows = drive(Sessions.#chain).restore(this.#driver.snapshot()).end().take();
    return rows.map((row) => ({ ...row, windowStart: row.windowStart / 2, windowEnd: row.windowEnd / 2 }));
  }

  open(): Interval[] {
    return this.all().map(({ windowStart, windowEnd }) => [windowStart, windowEnd]);
  }

  /** Those that several made, with how many they were. */
  merged(): [session: Interval, sources: number][] {
    return this.all().flatMap(({ windowStart, windowEnd, n }) => (n > 1 ? [[[windowStart, windowEnd], n]] : []));
  }
}
