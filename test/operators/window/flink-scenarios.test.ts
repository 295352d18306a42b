import { expect, it } from 'vitest';
import { collect } from '../../../operators/aggregate/collect.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import type { Pane, WindowOptions } from '../../../operators/window/window-options.ts';
import { describeOracle } from '../../support/oracles.ts';
import {
  gridTypes,
  type ReplayedRow,
  ScenarioReplay,
  type ScenarioChain,
  type ScenarioRow,
  type ScenarioWindow,
  type WindowScenario,
} from '../../support/window-scenarios.ts';

interface Result {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly pane?: Pane;
  readonly count: number;
  readonly sum: number;
  readonly values: readonly (number | string)[];
}

/** A row as the Flink scenarios have it. */
interface Emitted {
  readonly key: string;
  readonly value?: number;
  readonly sum?: number;
  readonly count?: number;
  readonly start?: number;
  readonly end?: number;
  readonly timestamp?: number;
  readonly rowtime?: number;
}

interface Expected {
  readonly emit?: Emitted;
  readonly afterStep: number;
  readonly emitted_in_steps?: readonly [number, number];
}

/** Why a scenario of these windows does not apply. */
const elsewhere: Readonly<Record<string, string>> = {
  'flink/EvictingWindowOperatorTest/testTumblingWindowWithApply': 'nothing evicts single records from a window',
  'flink-table/WindowOperatorTest/testEventTimeTumblingWindowsWithEarlyFiring':
    'SQL withdraws rows, and leaves out an on-time one that would say nothing new; ours always comes (api.ts)',
  'flink-table/WindowOperatorTest/testCleanupTimeOverflow': 'times beyond those of `Date`: such a record is invalid',
  'flink/WindowAggregateUseDaylightTimeHarnessTest/testProcessingTimeWindow[America/Los_Angeles]':
    'windows that grow, cut by wall clocks: ours of a calendar do not grow, and those that grow know no zone',
  'beam/trigger_test/test_fixed_after_count#2': 'a trigger that fires once and closes its window',
  'beam/ReduceFnRunnerTest/testPaneInfoAllStatesAfterWatermarkAccumulating': 'a last pane when the window is dropped',
};

describeOracle<{ readonly scenarios: readonly WindowScenario[] }>(
  'what Flink, Beam and Kafka say of windows on a grid',
  'windows.json',
  ({ scenarios }, counted) => {
    const tally = counted('scenarios');
    const ours = scenarios.filter(({ config }) => gridTypes.includes(config.window?.type ?? ''));
    const applies = ({ name, config }: WindowScenario): boolean =>
      !(name in elsewhere) && config.window?.type !== 'sliding_per_event';
    for (const { name, config } of ours) {
      if (name in elsewhere) tally.leave(`${name}: ${elsewhere[name]}`);
      else if (config.window?.type === 'sliding_per_event') tally.leave('a window that ends at each event (rolling)');
    }

    const isRight = ({ must_fail: mustFail }: WindowScenario): boolean => mustFail === undefined;
    const expectSame = (scenario: WindowScenario): void => compared[scenario.engine](scenario);

    it.each(ours.filter(applies).filter(isRight))('$name', (scenario) => {
      tally.check(() => expectSame(scenario));
    });

    // Beam has scenarios that are wrong on purpose, to test those who replay them.
    it.each(ours.filter(applies).filter((scenario) => !isRight(scenario)))('$name does not hold', (scenario) => {
      tally.check(() =>
        expect(() => expectSame(scenario)).toThrowError(expect.objectContaining({ name: 'AssertionError' })),
      );
    });
  },
);

const compared: Readonly<Record<WindowScenario['engine'], (scenario: WindowScenario) => void>> = {
  'flink-datastream': compareWithFlink,
  'flink-table': compareWithFlink,
  beam: compareWithBeam,
  'kafka-streams': compareWithKafka,
};

/** Each expected row must have come in one of the steps that it names, and no other one. */
function compareWithFlink(scenario: WindowScenario): void {
  const { time = 'event', allowed_lateness_ms: allowedLateness = 0 } = scenario.config;
  const replay = new ScenarioReplay(
    chain(scenario, time === 'processing' ? { clock: time } : { allowedLateness }, Number.MAX_SAFE_INTEGER / 2),
  );
  for (const step of scenario.steps ?? []) replay.play(step);
  const left = [...replay.rows];
  for (const expected of scenario.expected as readonly Expected[]) {
    const { emit } = expected;
    if (emit === undefined) continue;
    const place = left.findIndex((row) => isEmitted(row, emit, expected));
    expect({ emit, came: place >= 0, left }).toEqual({ emit, came: true, left });
    left.splice(place, 1);
  }
  expect(left).toEqual([]);
  expect(replay.late).toHaveLength(scenario.late_dropped_count ?? scenario.expected_late?.length ?? 0);
}

function isEmitted({ row, step }: ReplayedRow<Result>, emit: Emitted, expected: Expected): boolean {
  const [from, to] = expected.emitted_in_steps ?? [0, expected.afterStep];
  return (
    step >= from &&
    step <= to &&
    row.key === emit.key &&
    row.sum === (emit.value ?? emit.sum) &&
    row.count === (emit.count ?? row.count) &&
    row.windowStart === (emit.start ?? row.windowStart) &&
    row.windowEnd === (emit.end ?? row.windowEnd) &&
    row.windowEnd - 1 === (emit.timestamp ?? emit.rowtime ?? row.windowEnd - 1)
  );
}

/** All rows since the expectation before are expected, in any order of their values. */
function compareWithBeam(scenario: WindowScenario): void {
  const { allowed_lateness: lateness, allowed_lateness_ms: latenessMs } = scenario.config;
  const allowedLateness = lateness === 'MAX' ? 'unbounded' : (lateness ?? latenessMs ?? 0);
  const early = earlyOf(scenario.config.trigger ?? '');
  const options: WindowOptions = { allowedLateness, ...(early === undefined ? {} : { early }) };
  const replay = new ScenarioReplay(chain(scenario, options, Number.MAX_SAFE_INTEGER / 2));
  if (scenario.expected_panes === undefined) playWithBeam(scenario, replay);
  else playPanes(scenario, replay);
}

function playWithBeam({ steps = [], expected }: WindowScenario, replay: ScenarioReplay<Result>): void {
  const rows: Result[] = [];
  for (const step of steps) {
    if (step.expect === undefined) rows.push(...replay.play(step));
    else expect(rows.splice(0).map((row, index) => asBeam(row, step.expect?.[index]))).toEqual(step.expect.map(inBeam));
  }
  if (expected === undefined) expect(rows).toEqual([]);
  else expect(panesOf(rows, expected)).toEqual(expected);
}

/** Of a row what the expectation names; times of rows are ours. */
function asBeam({ values, windowStart, windowEnd, pane }: Result, wanted: ScenarioRow | undefined): object {
  return {
    values: values.toSorted(byText),
    window: [windowStart, windowEnd],
    ...(wanted?.timing === undefined ? {} : { timing: pane?.timing.toUpperCase().replace('-', '_') }),
    ...(wanted?.late === undefined ? {} : { late: pane?.timing === 'late' }),
  };
}

function byText(a: number | string, b: number | string): number {
  return String(a).localeCompare(String(b));
}

function inBeam({ values = [], window, timing, late }: ScenarioRow): object {
  return {
    values: values.toSorted(byText),
    window,
    ...(timing === undefined ? {} : { timing }),
    ...(late === undefined ? {} : { late }),
  };
}

/** What a scenario says of all panes of its one window: lists of values, or sums. */
function panesOf(rows: readonly Result[], expected: unknown): object {
  const names = Object.keys(expected as object);
  const early = rows.filter(({ pane }) => pane?.timing === 'early');
  const onTime = rows.find(({ pane }) => pane?.timing === 'on-time');
  const summed = names.includes('early_panes');
  const shown = (row: Result | undefined): unknown => (summed ? [row?.sum] : row?.values);
  const all: Record<string, unknown> = {
    window: [onTime?.windowStart, onTime?.windowEnd],
    early_panes: early.map((row) => row.sum),
    on_time_pane: shown(onTime),
    final_pane: shown(rows.at(-1)),
  };
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

/** The contents of all panes of each window, as texts. */
function playPanes(scenario: WindowScenario, replay: ScenarioReplay<Result>): void {
  for (const event of scenario.events ?? []) replay.play({ event });
  replay.play({ watermark: 1e6 });
  for (const event of scenario.late_events ?? []) replay.play({ event });
  for (const { window, panes } of scenario.expected_panes ?? []) {
    const seen = replay.rows.filter(({ row }) => row.windowStart === window[0] && row.windowEnd === window[1]);
    expect(seen.map(({ row }) => row.values.join(''))).toEqual(panes);
  }
}

/**
 * Kafka closes a window when stream time is the grace behind its end: that is our `outOfOrderness`. Each update of a window is
 * an early row here; of windows before the epoch it has none.
 */
function compareWithKafka(scenario: WindowScenario): void {
  const grace = scenario.config.window?.grace_ms ?? 0;
  const replay = new ScenarioReplay(chain(scenario, { early: { count: 1 } }, grace));
  const updates: Result[] = [];
  const closed: Result[] = [];
  for (const step of scenario.steps ?? []) {
    for (const row of replay.play(step).filter(({ windowStart }) => windowStart >= 0)) {
      (row.pane?.timing === 'early' ? updates : closed).push(row);
    }
    if (step.expect === undefined) continue;
    const isFinal = step.output === 'output-suppressed' || scenario.config.emit === 'on_window_close';
    const rows = isFinal ? closed : updates;
    const seen = rows.splice(0, isFinal ? rows.length : step.expect.length);
    expect(seen.map((row, index) => asKafka(row, step.expect?.[index]))).toEqual(step.expect.map(inKafka));
  }
  const { expected_dropped_total: dropped, config } = scenario;
  // Of windows that overlap Kafka counts each one that a record has missed.
  if (dropped !== undefined && config.window?.type === 'tumbling') expect(replay.late).toHaveLength(dropped);
}

function asKafka({ key, windowStart, windowEnd, count: n, values }: Result, wanted: ScenarioRow | undefined): object {
  const shown = wanted?.elements === undefined ? { value: n } : { elements: values };
  return { key, window: [windowStart, windowEnd] satisfies ScenarioWindow, ...shown };
}

function inKafka({ key, window, elements, value }: ScenarioRow): object {
  return { key, window, ...(elements === undefined ? { value } : { elements }) };
}

function earlyOf(trigger: string): WindowOptions['early'] {
  const [, records] = /(?:early=|AfterAny\()AfterCount\((\d+)\)/.exec(trigger) ?? [];
  const [, minutes] = /early=AfterProcessingTime\((\d+)min/.exec(trigger) ?? [];
  if (records !== undefined) return { count: Number(records) };
  return minutes === undefined ? undefined : { every: Number(minutes) * 60_000, time: 'processing' };
}

function chain({ config }: WindowScenario, options: WindowOptions, outOfOrderness: number): ScenarioChain<Result> {
  const { type, size_ms: sizeMs, size, slide_ms: slide = 0, max_size_ms: most = 0, step_ms: step = 0 } = config.window!;
  const given = { ...options, offset: config.window?.offset_ms ?? 0 };
  const length = sizeMs ?? size ?? 0;
  return (records) => {
    const keyed = records.eventTime('t', { outOfOrderness: Math.min(outOfOrderness, 8e15) }).keyBy('key');
    const cut =
      type === 'tumbling'
        ? keyed.tumblingWindow(length, given)
        : type === 'sliding'
          ? keyed.slidingWindow({ ...given, size: length, slide })
          : keyed.cumulativeWindow({ ...given, size: most, step });
    return cut.aggregate({ count: count(), sum: sum('number'), values: collect('value') } as never) as never;
  };
}
