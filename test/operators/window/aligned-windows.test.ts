import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balances } from '../../../core/ledger.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import type { Operator } from '../../../operators/operator.ts';
import { calendarWindow } from '../../../operators/window/calendar-window.ts';
import { cumulativeWindow } from '../../../operators/window/cumulative-window.ts';
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { AlignedModel, type AlignedModelOptions, type Border } from './aligned-model.ts';
import type { Reading } from './window-model.ts';

const aggregate = {
  records: count(),
  n: count('v'),
  sum: sum('v'),
  mean: mean('v'),
  min: min('v'),
  max: max('v'),
  first: first('v'),
  last: last('v'),
};

const runs = Number(process.env['RUNS'] ?? 1_000);

interface Options {
  readonly allowedLateness: number | 'unbounded';
  readonly panes: 'accumulating' | 'discarding';
  readonly empty: boolean;
  readonly early: { readonly every: number } | { readonly count: number } | undefined;
}

const optionsOf = (unit: number): fc.Arbitrary<Options> =>
  fc.record({
    allowedLateness: fc.oneof(
      fc.constant(0),
      fc.constant(0),
      fc.nat(20).map((n) => n * unit),
      fc.constant('unbounded' as const),
    ),
    panes: fc.constantFrom('accumulating', 'discarding'),
    empty: fc.boolean(),
    early: fc.oneof(
      fc.constant(undefined),
      fc.constant(undefined),
      fc.record({ every: fc.integer({ min: 1, max: 12 }).map((n) => n * unit) }),
      fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
    ),
  });

const readingsOf = (at: fc.Arbitrary<number>): fc.Arbitrary<Reading[]> =>
  fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      at,
      v: fc.option(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN))),
    }),
    { maxLength: 40 },
  );

/** Times that come in order but for a few, as streams do, and times in no order at all. */
const times = fc.oneof(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -8, max: 8 }));

interface Case {
  readonly window: Operator<Reading, unknown>;
  readonly grid: Pick<AlignedModelOptions, 'windowsOf' | 'all'>;
  readonly outOfOrderness: number;
  readonly options: Options;
  readonly readings: readonly Reading[];
  readonly cut: number;
}

function holds({ window, grid, outOfOrderness, options, readings, cut }: Case): void {
  const { allowedLateness, early, empty, panes } = options;
  const model = new AlignedModel({
    ...grid,
    outOfOrderness,
    allowedLateness: allowedLateness === 'unbounded' ? Number.POSITIVE_INFINITY : allowedLateness,
    discarding: panes === 'discarding',
    empty,
    ...(early === undefined ? {} : { early }),
    paned: allowedLateness !== 0 || early !== undefined,
  });
  const before = new TestPipeline([window]);
  for (const each of readings.slice(0, cut)) before.push(each);
  const snapshot = before.snapshot();
  const after = new TestPipeline([window]).restore(snapshot);
  expect(after.snapshot()).toEqual(snapshot);
  for (const each of readings.slice(cut)) after.push(each);
  after.end();
  for (const each of readings) model.push(each);
  model.moveTo(Number.POSITIVE_INFINITY);
  expect([...before.outcome.rows, ...after.outcome.rows]).toStrictEqual(
    model.rows.map((row) => [row, row.windowEnd - 1]),
  );
  const rejections = [...before.outcome.rejections, ...after.outcome.rejections];
  expect(rejections.map(({ kind, value }) => [kind, value])).toEqual(model.late.map((each) => ['late', each]));
  for (const line of after.ledger) expect([line, balances(line)]).toEqual([line, true]);
}

function slidingBorders(size: number, slide: number, offset: number, at: number): Border[] {
  const borders: Border[] = [];
  let start = offset;
  while (start <= at) start += slide;
  while (start > at) start -= slide;
  for (; start + size > at; start -= slide) borders.unshift([start, start + size]);
  return borders;
}

function cumulativeBorders(size: number, step: number, offset: number, at: number): Border[] {
  let start = offset;
  while (start + size <= at) start += size;
  while (start > at) start -= size;
  const borders: Border[] = [];
  for (let end = start + step; end <= start + size; end += step) if (end > at) borders.push([start, end]);
  return borders;
}

/** Every window around the times of the test. */
function allOf(windowsOf: (at: number) => readonly Border[], from: number, to: number, by: number): Border[] {
  const found = new Map<string, Border>();
  for (let at = from; at <= to; at += by) for (const each of windowsOf(at)) found.set(each.join(), each);
  return [...found.values()];
}

function defined(options: Options): object {
  const { early, ...others } = options;
  return { ...others, ...(early === undefined ? {} : { early }) };
}

const shape = { outOfOrderness: fc.integer({ min: 0, max: 15 }), shift: fc.integer({ min: -30, max: 30 }) };

describe('windows on a grid do what a dumb model does, across a restore as well', () => {
  it('tumblingWindow', () => {
    const kind = fc.record({ ...shape, size: fc.integer({ min: 1, max: 25 }) });
    fc.assert(
      fc.property(
        readingsOf(times),
        kind,
        optionsOf(1),
        fc.nat(40),
        (readings, { size, shift, outOfOrderness }, options, cut) => {
          const offset = (shift % size) + 0;
          const windowsOf = (at: number): Border[] => slidingBorders(size, size, offset, at);
          const window = tumblingWindow<Reading, 'key', typeof aggregate>({
            ...(defined(options) as {}),
            size,
            offset,
            outOfOrderness,
            time: 'at',
            key: 'key',
            aggregate,
          });
          const grid = { windowsOf, all: allOf(windowsOf, -100, 100, 1) };
          holds({ window, grid, outOfOrderness, options, readings, cut });
        },
      ),
      { numRuns: runs },
    );
  });

  it('slidingWindow', () => {
    const kind = fc.record({ ...shape, size: fc.integer({ min: 1, max: 25 }), part: fc.nat(24) });
    fc.assert(
      fc.property(
        readingsOf(times),
        kind,
        optionsOf(1),
        fc.nat(40),
        (readings, { size, part, shift, outOfOrderness }, options, cut) => {
          const slide = (part % size) + 1;
          const offset = (shift % slide) + 0;
          const windowsOf = (at: number): Border[] => slidingBorders(size, slide, offset, at);
          const window = slidingWindow<Reading, 'key', typeof aggregate>({
            ...(defined(options) as {}),
            size,
            slide,
            offset,
            outOfOrderness,
            time: 'at',
            key: 'key',
            aggregate,
          });
          const grid = { windowsOf, all: allOf(windowsOf, -100, 100, 1) };
          holds({ window, grid, outOfOrderness, options, readings, cut });
        },
      ),
      { numRuns: runs },
    );
  });

  it('cumulativeWindow', () => {
    const kind = fc.record({ ...shape, step: fc.integer({ min: 1, max: 12 }), times: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(
        readingsOf(times),
        kind,
        optionsOf(1),
        fc.nat(40),
        (readings, { step, times: n, shift, outOfOrderness }, options, cut) => {
          const size = step * n;
          const offset = (shift % size) + 0;
          const windowsOf = (at: number): Border[] => cumulativeBorders(size, step, offset, at);
          const window = cumulativeWindow<Reading, 'key', typeof aggregate>({
            ...(defined(options) as {}),
            size,
            step,
            offset,
            outOfOrderness,
            time: 'at',
            key: 'key',
            aggregate,
          });
          const grid = { windowsOf, all: allOf(windowsOf, -130, 130, 1) };
          holds({ window, grid, outOfOrderness, options, readings, cut });
        },
      ),
      { numRuns: runs },
    );
  });

  it('calendarWindow', () => {
    const hour = 3_600_000;
    const begin = Date.UTC(2024, 2, 20);
    const days = (zone: string): Border[] => {
      const shown = new Intl.DateTimeFormat('en', { timeZone: zone, dateStyle: 'short' });
      const starts: number[] = [];
      for (let at = begin; at < begin + 30 * 24 * hour; at += hour) {
        if (shown.format(at) !== shown.format(at - 1)) starts.push(at);
      }
      return starts.slice(0, -1).map((start, index) => [start, starts[index + 1]!]);
    };
    const borders = { 'Europe/Berlin': days('Europe/Berlin'), 'America/New_York': days('America/New_York') };
    const kind = fc.record({
      zone: fc.constantFrom('Europe/Berlin', 'America/New_York'),
      outOfOrderness: fc.nat(60).map((n) => n * hour),
    });
    const at = fc.integer({ min: 8 * 24, max: 14 * 24 }).map((n) => begin + n * hour);
    fc.assert(
      fc.property(
        readingsOf(at),
        kind,
        optionsOf(hour),
        fc.nat(40),
        (readings, { zone, outOfOrderness }, options, cut) => {
          const all = borders[zone];
          const windowsOf = (time: number): Border[] => all.filter(([start, end]) => start <= time && time < end);
          const window = calendarWindow<Reading, 'key', typeof aggregate>({
            ...(defined(options) as {}),
            every: 'day',
            zone,
            outOfOrderness,
            time: 'at',
            key: 'key',
            aggregate,
          });
          holds({ window, grid: { windowsOf, all }, outOfOrderness, options, readings, cut });
        },
      ),
      { numRuns: runs },
    );
  });
});
