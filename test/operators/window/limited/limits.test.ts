import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balances } from '../../../../core/ledger.ts';
import type { Rejection } from '../../../../core/rejection.ts';
import { count } from '../../../../operators/aggregate/count.ts';
import { first } from '../../../../operators/aggregate/first.ts';
import { last } from '../../../../operators/aggregate/last.ts';
import { max } from '../../../../operators/aggregate/max.ts';
import { mean } from '../../../../operators/aggregate/mean.ts';
import { min } from '../../../../operators/aggregate/min.ts';
import { sum } from '../../../../operators/aggregate/sum.ts';
import type { Operator } from '../../../../operators/operator.ts';
import { countWindow } from '../../../../operators/window/count-window.ts';
import { cumulativeWindow } from '../../../../operators/window/cumulative-window.ts';
import { globalWindow } from '../../../../operators/window/global-window.ts';
import { sessionWindow } from '../../../../operators/window/session-window.ts';
import { slidingWindow } from '../../../../operators/window/sliding-window.ts';
import { tumblingWindow } from '../../../../operators/window/tumbling-window.ts';
import { TestPipeline } from '../../../support/pipelines.ts';
import { gridModel } from './limited-grid.ts';
import { type Limits, LimitedModel, type WindowModel } from './limited-model.ts';
import { SessionModel } from './session-model.ts';
import { CountModel, GlobalModel } from './unaligned-models.ts';
import type { Reading } from '../window-model.ts';

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
const common = { time: 'at', key: 'key', aggregate } as const;
const numRuns = Number(process.env['RUNS'] ?? 400);
const timeout = 60_000;

/** Some come in order, as streams do, and some in no order at all; five keys, of which one comes seldom. */
const readings = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'a', 'b', 'b', 'c', 'c', 'd', 'd', 'e'),
      step: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -12, max: 30 })),
      v: fc.option(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN))),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ key, step, v }): Reading => ({ key, at: (at += step), v }));
  });

const limits: fc.Arbitrary<Limits> = fc.oneof(
  fc.record({ ttl: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ maxKeys: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ ttl: fc.integer({ min: 1, max: 40 }), maxKeys: fc.integer({ min: 1, max: 4 }) }),
);

const early = fc.oneof(
  fc.constant(undefined),
  fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ every: fc.integer({ min: 1, max: 12 }) }),
);

/** What all windows take, as options of an operator and of a model. */
const shared = fc.record({
  outOfOrderness: fc.integer({ min: 0, max: 15 }),
  lateness: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.constant(Infinity)),
  early,
  discarding: fc.boolean(),
});
type Shared = typeof shared extends fc.Arbitrary<infer S> ? S : never;

function options({ outOfOrderness, lateness, early: every, discarding }: Shared, limit: Limits): typeof common {
  return {
    ...common,
    ...limit,
    outOfOrderness,
    allowedLateness: lateness === Infinity ? 'unbounded' : lateness,
    ...(every === undefined ? {} : { early: every }),
    panes: discarding ? 'discarding' : 'accumulating',
  } as never;
}

interface Case {
  readonly window: Operator<Reading, unknown>;
  readonly model: WindowModel;
  readonly given: readonly Reading[];
  readonly limit: Limits;
  readonly outOfOrderness: number;
  readonly cut: number;
}

function holds({ window, model, given, limit, outOfOrderness, cut }: Case): void {
  const before = new TestPipeline([window]);
  for (const each of given.slice(0, cut)) before.push(each);
  const snapshot = before.snapshot();
  const after = new TestPipeline([window]).restore(snapshot);
  expect(after.snapshot()).toEqual(snapshot);
  for (const each of given.slice(cut)) after.push(each);
  after.end();
  const limited = new LimitedModel(model, limit, outOfOrderness);
  for (const each of given) limited.push(each);
  limited.moveTo(Number.POSITIVE_INFINITY);
  expect([...before.outcome.all, ...after.outcome.all].map(shown)).toEqual(limited.all);
  for (const pipeline of [before, after]) {
    const [line] = pipeline.ledger.slice(-1);
    expect([line, balances(line!)]).toEqual([line, true]);
    expect(line!.rejected.evicted).toBe(pipeline.outcome.rejections.filter(({ kind }) => kind === 'evicted').length);
  }
}

/** As the model says it. */
function shown(outcome: unknown): unknown {
  const { kind, value, timestamp, received } = outcome as Rejection;
  if (kind === 'late') return { late: value };
  if (kind !== 'evicted') return outcome;
  const { slices } = received as { slices?: readonly { records: number }[] };
  const parts = slices === undefined ? received : { readings: slices.reduce((n, { records }) => n + records, 0) };
  return { evicted: (value as Reading).key, timestamp, received: parts };
}

function cases<K>(
  kind: fc.Arbitrary<K>,
  make: (kind: K, limit: Limits) => Pick<Case, 'window' | 'model' | 'outOfOrderness'>,
): fc.IProperty<[Reading[], K, Limits, number]> {
  return fc.property(readings, kind, limits, fc.nat(60), (given, each, limit, cut) => {
    holds({ ...make(each, limit), given, limit, cut });
  });
}

describe('windows whose keys are forgotten do what a dumb model does, across a restore as well', () => {
  it('countWindow', { timeout }, () => {
    const kind = fc
      .integer({ min: 1, max: 8 })
      .chain((size) =>
        fc.record({ size: fc.constant(size), slide: fc.integer({ min: 1, max: size }), outOfOrderness: fc.nat(15) }),
      );
    const property = cases(kind, ({ size, slide, outOfOrderness }, limit) => ({
      window: countWindow<Reading, 'key', typeof aggregate>({ ...common, ...limit, size, slide, outOfOrderness }),
      model: new CountModel(size, slide),
      outOfOrderness,
    }));
    fc.assert(property, { numRuns });
  });

  it('globalWindow', { timeout }, () => {
    const property = cases(shared, ({ outOfOrderness, early: every, discarding }, limit) => ({
      window: globalWindow<Reading, 'key', typeof aggregate>({
        ...common,
        ...limit,
        outOfOrderness,
        ...(every === undefined ? {} : { early: every }),
        panes: discarding ? 'discarding' : 'accumulating',
      }),
      model: new GlobalModel(every, discarding),
      outOfOrderness,
    }));
    fc.assert(property, { numRuns });
  });

  it('sessionWindow', { timeout }, () => {
    const property = cases(
      fc.record({ gap: fc.integer({ min: 1, max: 25 }), given: shared }),
      ({ gap, given }, limit) => ({
        window: sessionWindow<Reading, 'key', typeof aggregate>({ ...options(given, limit), gap }),
        model: new SessionModel({ ...given, gapOf: () => gap }),
        outOfOrderness: given.outOfOrderness,
      }),
    );
    fc.assert(property, { numRuns });
  });

  const aligned = fc.record({
    given: shared,
    empty: fc.boolean(),
    size: fc.integer({ min: 1, max: 12 }),
    parts: fc.integer({ min: 1, max: 4 }),
  });

  it('tumblingWindow', { timeout }, () => {
    const property = cases(aligned, ({ given, empty, size }, limit) => ({
      window: tumblingWindow<Reading, 'key', typeof aggregate, boolean>({ ...options(given, limit), size, empty }),
      model: gridModel({ ...given, empty }, size, [size]),
      outOfOrderness: given.outOfOrderness,
    }));
    fc.assert(property, { numRuns });
  });

  it('slidingWindow', { timeout }, () => {
    const property = cases(
      fc.record({ aligned, rest: fc.nat(11) }),
      ({ aligned: { given, empty, size: slide, parts }, rest }, limit) => {
        const size = slide * parts + (rest % slide);
        return {
          window: slidingWindow<Reading, 'key', typeof aggregate, boolean>({
            ...options(given, limit),
            size,
            slide,
            empty,
          }),
          model: gridModel({ ...given, empty }, slide, [size]),
          outOfOrderness: given.outOfOrderness,
        };
      },
    );
    fc.assert(property, { numRuns });
  });

  it('cumulativeWindow', { timeout }, () => {
    const property = cases(aligned, ({ given, empty, size: step, parts }, limit) => ({
      window: cumulativeWindow<Reading, 'key', typeof aggregate, boolean>({
        ...options(given, limit),
        size: step * parts,
        step,
        empty,
      }),
      model: gridModel(
        { ...given, empty },
        step * parts,
        Array.from({ length: parts }, (_, index) => (index + 1) * step),
      ),
      outOfOrderness: given.outOfOrderness,
    }));
    fc.assert(property, { numRuns });
  });
});
