import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { collect } from '../../../operators/aggregate/collect.ts';
import * as operators from '../../../operators/index.ts';
import type { Operator } from '../../../operators/operator.ts';
import type { EventTimeOptions } from '../../../operators/time/event-time.ts';
import type { WindowOptions } from '../../../operators/window/window-options.ts';
import type { Stream } from '../../../src/index.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Timed {
  readonly at: number;
}

interface Row {
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly pane?: { readonly timing: string };
  readonly times: readonly number[];
}

const aggregate: { times: Aggregate<Timed, unknown> } = { times: collect('at') };
const april = Date.UTC(2024, 3, 1);
const hour = 3_600_000;

/** Windows on a grid, and one of them: the first that a record at its start is in. */
const aligned = {
  tumblingWindow: { cut: { size: 10, offset: 2 }, start: 12, end: 22 },
  slidingWindow: { cut: { size: 10, slide: 5 }, start: 5, end: 15 },
  cumulativeWindow: { cut: { size: 20, step: 5 }, start: 20, end: 25 },
  calendarWindow: { cut: { every: 'hour', zone: 'Europe/Berlin' }, start: april, end: april + hour },
} as const;

type Method = keyof typeof aligned;

/** As long as records may be so far out of order, only a watermark that is set by hand moves time. */
const byHand: EventTimeOptions = { outOfOrderness: '9999d' };

function driven(method: Method, options: WindowOptions = {}, time: EventTimeOptions = byHand): Driver<Timed, Row> {
  return drive((input: Stream<Timed>) => {
    const timed = input.onReject('drop').eventTime('at', time);
    const given = { ...aligned[method].cut, ...options } as { readonly size: number };
    const { size, ...others } = given;
    const windows = method === 'tumblingWindow' ? timed.tumblingWindow(size, others) : timed[method](given as never);
    return windows.aggregate(aggregate) as unknown as Stream<Row>;
  });
}

describe.each(Object.entries(aligned))('%s', (name, { start, end }) => {
  const method = name as Method;
  const rowsOf = (driver: Driver<Timed, Row>): readonly Row[] => driver.take().filter((row) => row.windowEnd === end);
  const pushed = (driver: Driver<Timed, Row>, ...times: readonly number[]): Driver<Timed, Row> => {
    for (const at of times) driver.push({ at });
    return driver;
  };

  it('has the record at its start and the one at its last moment, and not the one at its end', () => {
    const driver = pushed(driven(method), start - 1, start, end - 1, end).end();
    expect(rowsOf(driver)).toMatchObject([{ windowStart: start, times: [start, end - 1] }]);
  });

  it('fires when the watermark reaches its last moment, and not one before', () => {
    const driver = pushed(driven(method), start).watermark(end - 2);
    expect(rowsOf(driver)).toEqual([]);
    expect(rowsOf(pushed(driver, end - 1).watermark(end - 1))).toMatchObject([{ times: [start, end - 1] }]);
  });

  it('takes no record from that watermark on, as a record of its own time as well', () => {
    const driver = pushed(driven(method), start).watermark(end - 1);
    driver.take();
    pushed(driver, start, end - 1);
    expect(rowsOf(driver.end())).toEqual([]);
  });

  it('takes late ones until the watermark is the allowed lateness behind it, and not one more', () => {
    const driver = pushed(driven(method, { allowedLateness: 7 }), start).watermark(end - 1);
    expect(rowsOf(driver)).toMatchObject([{ pane: { timing: 'on-time' } }]);
    expect(rowsOf(pushed(driver.watermark(end + 5), end - 1))).toMatchObject([
      { pane: { timing: 'late' }, times: [start, end - 1] },
    ]);
    expect(rowsOf(pushed(driver.watermark(end + 6), end - 1))).toEqual([]);
  });

  it('is not closed by a record that is too far ahead, nor by one that has no time', () => {
    const driver = driven(method, {}, { maxAhead: 1_000 }).advanceTo(end);
    pushed(driver, start, end + 1_001, Number.NaN, end - 1);
    expect(driver.takeRejections()).toMatchObject([
      { kind: 'ahead', field: 'at', value: { at: end + 1_001 } },
      { kind: 'invalid', field: 'at', value: { at: Number.NaN } },
    ]);
    expect(driver.currentWatermark).toBe(end - 2);
    expect(rowsOf(pushed(driver, end + 1_000))).toMatchObject([{ times: [start, end - 1] }]);
  });
});

const standalone: Readonly<Record<string, (options: object) => Operator<Timed, unknown>>> = {
  tumblingWindow: (given) => operators.tumblingWindow({ size: 10, ...given, aggregate }),
  slidingWindow: (given) => operators.slidingWindow({ size: 10, slide: 5, ...given, aggregate }),
  cumulativeWindow: (given) => operators.cumulativeWindow({ size: 10, step: 5, ...given, aggregate }),
  calendarWindow: (given) => operators.calendarWindow({ every: 'day', zone: 'UTC', ...given, aggregate }),
  sessionWindow: (given) => operators.sessionWindow({ gap: 5, ...given, aggregate }),
  countWindow: (given) => operators.countWindow({ size: 100, ...given, aggregate }),
  globalWindow: (given) => operators.globalWindow({ ...given, aggregate }),
};

describe.each(Object.entries(standalone))('%s', (_, window) => {
  it('leaves nothing open at the end of the input, however far the watermark was behind', () => {
    const pipeline = new TestPipeline([window({ time: 'at', outOfOrderness: '365d' })]);
    for (const at of [5, 1, 30, 9]) pipeline.push({ at });
    expect(pipeline.outcome.rows).toEqual([]);
    const times = pipeline.end().outcome.rows.flatMap(([row]) => (row as Row).times);
    expect(new Set(times)).toEqual(new Set([5, 1, 30, 9]));
    expect(pipeline.outcome.watermarks.at(-1)).toBe(Number.POSITIVE_INFINITY);
    const rows = pipeline.outcome.rows.length;
    expect(new TestPipeline([window({ time: 'at' })]).restore(pipeline.snapshot()).end().outcome.rows).toEqual([]);
    expect(pipeline.outcome.rows).toHaveLength(rows);
  });
});
