import { expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import type { WindowOptions } from '../../../operators/window/window-options.ts';
import type { Stream } from '../../../src/stream.ts';
import { applicable, describeOracle } from '../../support/oracles.ts';
import {
  gridTypes,
  type ReplayedRow,
  type ScenarioChain,
  type ScenarioRecord,
  ScenarioReplay,
  type ScenarioRow,
  type ScenarioStep,
  type ScenarioWindow,
  type WindowScenario,
} from '../../support/window-scenarios.ts';

interface Scenario extends WindowScenario {
  readonly config: WindowScenario['config'] & {
    /** Not all scenarios of Kafka have one; those that are replayed here do. */
    readonly window: { readonly type: string; readonly gap_ms: number; readonly size: number; readonly slide: number };
    readonly accumulation?: string;
  };
  readonly steps: readonly Step[];
}

interface Step extends ScenarioStep {
  readonly expect_sessions?: readonly (ScenarioWindow | { readonly window?: ScenarioWindow; readonly count: number })[];
  readonly expect_dropped_total?: number;
}

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
  readonly emitted_in_steps?: readonly [number, number];
}

interface Result {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly count: number;
  readonly sum: number | null;
}

/** All but those on a grid, which have a test of their own; four of Kafka's have no window at all. */
const types = ['session', 'session_dynamic', 'count', 'global', 'none'];
const engines = ['flink-datastream', 'flink-table', 'beam', 'kafka-streams'];
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
  'kafka/SuppressScenarioTest/shouldSuppressIntermediateEventsWithTimeLimit':
    'a table without windows, held back by time',
  'kafka/SuppressScenarioTest/shouldSuppressIntermediateEventsWithRecordLimit':
    'a table without windows, held back by a number of rows',
  'kafka/SuppressScenarioTest/shouldWorkBeforeGroupBy': 'a table without windows, held back before it is grouped',
  'kafka/SuppressScenarioTest/shouldWorkBeforeJoinLeft': 'a table without windows, held back before it is joined',
};

describeOracle<{ readonly scenarios: readonly Scenario[] }>(
  'what Flink, Beam and Kafka say of session, count and global windows',
  'windows.json',
  ({ scenarios }, counted) => {
    const tally = counted('scenarios');
    const ours = scenarios.filter(({ config }) => !gridTypes.includes(config.window?.type ?? ''));

    it('has only engines and windows that are known here', () => {
      expect(ours.map(({ engine }) => engine).filter((engine) => !engines.includes(engine))).toEqual([]);
      expect(ours.map(({ config }) => config.window?.type ?? 'none').filter((type) => !types.includes(type))).toEqual(
        [],
      );
    });

    it.each(applicable(ours, tally, elsewhere))('$name', (scenario) => {
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
  readonly #replay: ScenarioReplay<Result>;
  /** Rows that nothing has been compared with yet, with the step that made them. */
  readonly #rows: ReplayedRow<Result>[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#replay = new ScenarioReplay(chainOf(scenario));
  }

  step(step: Step, index: number): void {
    for (const row of this.#replay.play(step)) this.#rows.push({ row, step: index });
    const { expect: rows, expect_sessions: sessions, expect_dropped_total: dropped } = step;
    if (dropped !== undefined) this.#compare(this.#replay.late.length, dropped);
    if (sessions !== undefined) this.#expectSessions(sessions);
    if (rows !== undefined) this.#expect(rows);
  }

  finish(): void {
    const { expected, expected_late: late, late_dropped_count: dropped, engine } = this.#scenario;
    const rejected = this.#replay.late.length;
    this.#compare(rejected, dropped ?? late?.length ?? rejected);
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

  #expect(wanted: readonly ScenarioRow[]): void {
    const { engine, config } = this.#scenario;
    const rows = this.#rows.splice(0).map(({ row }) => row);
    // Kafka's updates are written when the cache is flushed: every session once, as it stands at the end.
    if (config.emit === 'on_window_update') rows.push(...this.#replay.end());
    const gap = engine === 'kafka-streams' ? config.window.gap_ms : 0;
    this.#compare(
      rows.map(({ key, windowStart, windowEnd }) => [key, windowStart, windowEnd - gap]),
      wanted.map(({ key = 'all', window }) => [key, ...(window as ScenarioWindow)]),
    );
    if (engine !== 'kafka-streams') return;
    this.#compare(
      rows.map((row) => row.count),
      wanted.map(({ value }) => value),
    );
  }

  #expectSessions(wanted: NonNullable<Step['expect_sessions']>): void {
    const open = this.#replay.open().filter(({ key }) => key !== 'dummy');
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
  #interval([start, end]: ScenarioWindow): ScenarioWindow {
    return [start, end + this.#scenario.config.window.gap_ms];
  }
}

function chainOf({ config, engine, steps }: Scenario): ScenarioChain<Result> {
  const { window, trigger = '', time = 'event', allowed_lateness_ms: lateness = 0 } = config;
  // Kafka's stream time goes on with every record, and closes a session one millisecond later; its store keeps it.
  const closes = engine === 'kafka-streams' && !steps.some((step) => 'expect_sessions' in step);
  const options: WindowOptions = {
    ...(time === 'processing' ? { clock: time } : { allowedLateness: config.window.grace_ms ?? lateness }),
    panes: config.accumulation === 'discarding' ? 'discarding' : 'accumulating',
  };
  const cut = (keyed: Stream<ScenarioRecord, { key: string }>) => {
    if (window.type === 'count') return keyed.countWindow({ size: window.size, slide: window.slide });
    if (window.type === 'global') {
      return keyed.globalWindow(
        trigger.includes('AfterProcessingTime(5min') ? { early: { every: '5m', time: 'processing' } } : {},
      );
    }
    return keyed.sessionWindow({ ...options, gap: window.gap_ms ?? gapByRecord });
  };
  return (records) =>
    cut(records.eventTime('t', { outOfOrderness: closes ? 1 : 1e12 }).keyBy('key')).aggregate({
      count: count(),
      sum: sum('number'),
    });
}

/** The gap of Flink's dynamic sessions. */
function gapByRecord({ key, value }: ScenarioRecord): number {
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
