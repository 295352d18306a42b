import { afterAll, expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { sessionWindow } from '../../../operators/window/session-window.ts';
import type { WindowOptions } from '../../../operators/window/window-options.ts';
import type { Stream } from '../../../src/stream.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import { describeOracle, Tally } from '../../support/oracles.ts';

interface Scenario {
  readonly name: string;
  readonly engine: string;
  readonly config: {
    readonly window: { readonly type: string; readonly gap_ms: number; readonly size: number; readonly slide: number };
    readonly time?: 'event' | 'processing';
    readonly trigger?: string;
    readonly allowed_lateness_ms?: number;
    readonly accumulation?: string;
    readonly emit?: string;
  };
  readonly steps: readonly Step[];
  readonly expected?: readonly Expected[];
  readonly expected_late?: readonly unknown[];
  readonly late_dropped_count?: number;
}

interface Step {
  readonly event?: { readonly key?: string; readonly value: number | string; readonly t: number };
  readonly watermark?: number | 'MAX';
  readonly processingTime?: number;
  readonly advance_processing_time_ms?: number;
  readonly checkpointAndRestore?: true;
  readonly expect?: readonly { readonly key?: string; readonly window: Interval; readonly value?: number }[];
  readonly expect_sessions?: readonly (Interval | { readonly window?: Interval; readonly count: number })[];
  readonly expect_dropped_total?: number;
}

type Interval = readonly [number, number];

interface Expected {
  readonly emit?: {
    readonly key: string;
    readonly value?: number;
    readonly sum?: number;
    readonly count?: number;
    readonly start?: number;
    readonly end?: number;
    readonly timestamp?: number | 'MAX';
  };
  readonly afterStep: number;
  readonly emitted_in_steps?: Interval;
}

interface Event {
  readonly key: string;
  readonly value: number;
  readonly t: number;
}

interface Result {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly count: number;
  readonly sum: number;
}

const engines = ['flink-datastream', 'flink-table', 'beam', 'kafka-streams'];
const aggregates = { count: count(), sum: sum('value') };
/** Why a scenario of these windows does not apply. */
const elsewhere: Readonly<Record<string, string>> = {
  'flink/WindowOperatorTest/testSessionWindowsWithContinuousEventTimeTrigger':
    'the trigger counts from the epoch, and fires when nothing is new; ours counts from windowStart (api.ts)',
  'flink/EvictingWindowOperatorTest/testDeltaEvictorEvictAfter': 'nothing evicts single records from a window',
  'flink-table/WindowOperatorTest/testSlidingCountWindow':
    'in SQL a window fires only when it is full; ours fire every slide, as those of the DataStream API (api.ts)',
  'beam/transcript/early_late_sessions': 'late panes by threes; ours fires for each late record, as Flink does',
  'beam/trigger_test/test_sessions_watermark_with_early_late#1':
    'records of a bundle are added together before the trigger is asked; here there are no bundles',
  'beam/trigger_test/test_sessions_after_count#1': 'a trigger that fires once and closes its window',
  'beam/trigger_test/test_sessions_after_each#1': 'a trigger that is made of several',
  'kafka/KStreamSessionWindowAggregateProcessorTest/shouldImmediatelyForwardRemovedSessionsWhenMerging[emitFinal=0]':
    'rows that withdraw a session',
};

describeOracle<{ readonly scenarios: readonly Scenario[] }>(
  'what Flink, Beam and Kafka say of session, count and global windows',
  'windows.json',
  ({ scenarios }) => {
    const tally = new Tally('scenarios of session, count and global windows');
    afterAll(() => console.log(String(tally)));
    const types = ['session', 'session_dynamic', 'count', 'global'];
    const ours = scenarios.filter(({ config }) => types.includes(config.window?.type ?? ''));
    for (const { name } of ours) if (name in elsewhere) tally.leave(`${name}: ${elsewhere[name]}`);

    it('has only engines that are known here', () => {
      expect(ours.map(({ engine }) => engine).filter((engine) => !engines.includes(engine))).toEqual([]);
    });

    it.each(ours.filter(({ name }) => !(name in elsewhere)))('$name', (scenario) => {
      tally.check(() => {
        const replay = new Replay(scenario);
        scenario.steps.forEach((step, index) => replay.step(step, index));
        replay.finish();
        expect(replay.seen).toEqual(replay.wanted);
      });
    });
  },
);

/** Runs one scenario: what was seen, and what should have been, in the same order. */
class Replay {
  readonly seen: unknown[] = [];
  readonly wanted: unknown[] = [];
  readonly #scenario: Scenario;
  #driver: Driver<Event, Result>;
  #now = 0;
  #late = 0;
  /** Rows with the step that made them. */
  readonly #rows: { readonly row: Result; readonly step: number }[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#driver = this.#start();
  }

  step(step: Step, index: number): void {
    const { event, watermark, processingTime, advance_processing_time_ms: advance } = step;
    if (event !== undefined) {
      this.#driver.push({ key: event.key ?? 'all', value: Number(event.value) || 0, t: event.t });
    } else if (watermark !== undefined) this.#driver.watermark(watermark === 'MAX' ? Infinity : watermark);
    else if (processingTime !== undefined) this.#driver.advanceTo((this.#now = processingTime));
    else if (advance !== undefined) this.#driver.advanceTo((this.#now += advance));
    else if (step.checkpointAndRestore) this.#driver = this.#start().restore(this.#driver.snapshot());
    for (const row of this.#driver.take()) this.#rows.push({ row, step: index });
    this.#late += this.#driver.takeRejections().filter(({ kind }) => kind === 'late').length;
    if (step.expect_dropped_total !== undefined) this.#compare(this.#late, step.expect_dropped_total);
    if (step.expect_sessions !== undefined) this.#expectSessions(step.expect_sessions);
    if (step.expect !== undefined) this.#expect(step.expect);
  }

  finish(): void {
    const { expected, expected_late: late, late_dropped_count: dropped, engine } = this.#scenario;
    this.#compare(this.#late, dropped ?? late?.length ?? this.#late);
    if (expected === undefined) return;
    if (!Array.isArray(expected)) {
      // Beam's one scenario of a global window: the sums of the early panes.
      const { early_panes: panes } = expected as unknown as { readonly early_panes: readonly number[] };
      const early = this.#rows.filter(({ row }) => (row as { pane?: { timing: string } }).pane?.timing === 'early');
      this.#compare(
        early.map(({ row }) => row.sum),
        panes,
      );
      return;
    }
    const left = [...this.#rows];
    for (const { emit, emitted_in_steps: steps, afterStep } of expected as readonly Expected[]) {
      if (emit === undefined) continue;
      const [from, to] = steps ?? [0, afterStep];
      const place = left.findIndex(({ row, step }) => step >= from && step <= to && matches(row, emit, engine));
      this.#compare({ emit, found: place >= 0 }, { emit, found: true });
      if (place >= 0) left.splice(place, 1);
    }
    this.#compare(left, []);
  }

  #expect(wanted: NonNullable<Step['expect']>): void {
    const { engine, config } = this.#scenario;
    const rows = this.#rows.splice(0).map(({ row }) => row);
    // Kafka's updates are written when the cache is flushed: every session once, as it stands at the end.
    if (config.emit === 'on_window_update') rows.push(...this.#driver.end().take());
    const gap = engine === 'kafka-streams' ? config.window.gap_ms : 0;
    this.#compare(
      rows.map(({ key, windowStart, windowEnd }) => [key, windowStart, windowEnd - gap]),
      wanted.map(({ key = 'all', window: [start, end] }) => [key, start, end]),
    );
    if (engine !== 'kafka-streams') return;
    this.#compare(
      rows.map((row) => row.count),
      wanted.map(({ value }) => value),
    );
  }

  #expectSessions(wanted: NonNullable<Step['expect_sessions']>): void {
    const open = this.#open().filter(({ key }) => key !== 'dummy');
    this.#compare(open.length, wanted.length);
    wanted.forEach((each, index) => {
      const { windowStart, windowEnd, count: n } = open[index] as Result;
      const window = [windowStart, windowEnd];
      if ('length' in each) this.#compare(window, this.#interval(each));
      else {
        this.#compare(n, each.count);
        if (each.window !== undefined) this.#compare(window, this.#interval(each.window));
      }
    });
  }

  #compare(seen: unknown, wanted: unknown): void {
    this.seen.push(seen);
    this.wanted.push(wanted);
  }

  /** Kafka writes a session from its first to its last record. */
  #interval([start, end]: Interval): Interval {
    return [start, end + this.#scenario.config.window.gap_ms];
  }

  /** The sessions that are open now: what a copy of all this would fire at the end. */
  #open(): Result[] {
    return this.#start().restore(this.#driver.snapshot()).end().take();
  }

  #start(): Driver<Event, Result> {
    const { config, engine } = this.#scenario;
    const { window, trigger = '', time = 'event', allowed_lateness_ms: lateness = 0 } = config;
    // Kafka's stream time goes on with every record, and closes a session one millisecond later; its store keeps it.
    const closes = engine === 'kafka-streams' && !this.#scenario.steps.some((step) => 'expect_sessions' in step);
    const outOfOrderness = closes ? 1 : 1e12;
    const grace = (window as { grace_ms?: number }).grace_ms ?? lateness;
    const options: WindowOptions = {
      ...(time === 'processing' ? { clock: time } : { allowedLateness: grace }),
      panes: config.accumulation === 'discarding' ? 'discarding' : 'accumulating',
    };
    const cut = (keyed: Stream<Event, { key: string }>) => {
      if (window.type === 'count') return keyed.countWindow({ size: window.size, slide: window.slide });
      if (window.type === 'global') {
        return keyed.globalWindow(
          trigger.includes('AfterProcessingTime(5min') ? { early: { every: '5m', time: 'processing' } } : {},
        );
      }
      return keyed.sessionWindow({ ...options, gap: window.gap_ms ?? gapByRecord });
    };
    return drive<Event, Result>((events) =>
      cut(events.eventTime('t', { outOfOrderness }).keyBy('key')).aggregate(aggregates),
    );
  }
}

/** The gap of Flink's dynamic sessions. */
function gapByRecord({ key, value }: Event): number {
  if (key === 'key1') return 3_000;
  return value === 10 ? 1_000 : 2_000;
}

function matches(row: Result, emit: NonNullable<Expected['emit']>, engine: string): boolean {
  const { key, value, sum: total, count: n, start, end, timestamp } = emit;
  // Flink gives the rows of a global window the largest time that there is, ours have the newest in them.
  const at = timestamp === undefined || timestamp === 'MAX' || engine === 'beam' ? row.windowEnd - 1 : timestamp;
  return (
    row.key === key &&
    row.sum === (value ?? total) &&
    row.count === (n ?? row.count) &&
    row.windowStart === (start ?? row.windowStart) &&
    row.windowEnd === (end ?? row.windowEnd) &&
    row.windowEnd - 1 === at
  );
}

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
}>('what they say of merging sessions', 'windows.json', (cases) => {
  const tally = new Tally('merging, overlapping, assigning and refusing sessions');
  afterAll(() => console.log(String(tally)));
  const isOurs = ({ window }: Assignment): boolean => window.type === 'session';

  tally.leave('testMergeSinglePointWindow: a session without length; a gap of 0 is refused');
  it.each(cases.session_merges.filter(({ input }) => !input?.some(([start, end]) => start === end)))(
    '$name',
    ({ input, merges, steps }) => {
      tally.check(() => {
        const sessions = new Sessions();
        for (const each of input ?? []) sessions.add(each);
        expect(sessions.open()).toEqual((merges ?? []).map(({ target }) => target));
        for (const { add, result, merged, merged_from: sources = [] } of steps ?? []) {
          const before = sessions.open();
          expect(before).toEqual(expect.arrayContaining([...sources]));
          sessions.add(add);
          const after = sessions.open();
          expect(after).toContainEqual(result);
          expect({ merged: merged && before.some((each) => String(each) === String(result)) }).toEqual({
            merged: false,
          });
          const lost = sources.filter((source) => !after.some((each) => String(each) === String(source)));
          expect(lost).toEqual(sources);
        }
      });
    },
  );

  it.each(cases.session_overlap.cases)('$a and $b overlap: $overlap', ({ a, b, overlap }) => {
    tally.check(() => {
      const sessions = new Sessions();
      // Half a unit longer, so that one of a single moment has a length; whole numbers touch as before.
      for (const [start, end] of [a, b]) sessions.add([start, end + 0.5]);
      expect(sessions.open()).toHaveLength(overlap ? 1 : 2);
    });
  });

  it.each(cases.assignments.filter(isOurs))('assigns $t to $windows', ({ window, t, windows }) => {
    tally.check(() => {
      const sessions = new Sessions();
      sessions.add([t, t + (window.gap_ms as number)]);
      expect(sessions.open()).toEqual(windows);
    });
  });

  tally.leave('beam/SessionsTest/testSimple: in Beam sessions that only touch stay two');
  it.each(cases.assignment_groups.filter((each) => isOurs(each) && each.name !== 'beam/SessionsTest/testSimple'))(
    '$name',
    ({ window, timestamps, expected, expected_windows: windows }) => {
      tally.check(() => {
        const sessions = new Sessions();
        for (const t of timestamps) sessions.add([t, t + ((window.gap_ms ?? window.gap) as number)]);
        expect(sessions.open()).toEqual(windows ?? expected?.map((each) => each.window));
        const counts = sessions.counts();
        expect(counts).toEqual(expected?.map((each) => each.timestamps.length) ?? counts);
      });
    },
  );

  it.each(cases.invalid_configs.filter(isOurs))('refuses $window', ({ window }) => {
    tally.check(() => {
      const call = (): unknown =>
        sessionWindow({ gap: window.gap_ms as number, time: 'at', aggregate: aggregates } as never);
      expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    });
  });
});

/** Sessions into which one puts intervals, and looks at them. */
class Sessions {
  readonly #driver = drive(Sessions.#chain);

  static #chain(events: Stream<{ at: number; gap: number }>) {
    return events
      .eventTime('at', { outOfOrderness: 1e12 })
      .sessionWindow({ gap: ({ gap }) => gap })
      .aggregate({ n: count() });
  }

  add([start, end]: Interval): void {
    this.#driver.push({ at: start, gap: end - start });
  }

  #all(): { readonly windowStart: number; readonly windowEnd: number; readonly n: number }[] {
    return drive(Sessions.#chain).restore(this.#driver.snapshot()).end().take();
  }

  open(): Interval[] {
    return this.#all().map(({ windowStart, windowEnd }) => [windowStart, windowEnd]);
  }

  counts(): number[] {
    return this.#all().map(({ n }) => n);
  }
}
