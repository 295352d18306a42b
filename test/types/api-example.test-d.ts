import { of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { fromFile } from '../../connectors/files/index.ts';
import { countWindow, cumulativeWindow, sessionWindow, slidingWindow, tumblingWindow } from '../../operators/index.ts';
import {
  aggregator,
  approxDistinct,
  approxQuantile,
  approxTopK,
  collect,
  correlation,
  count,
  covariance,
  csv,
  distinct,
  first,
  kurtosis,
  last,
  max,
  mean,
  median,
  min,
  type Pane,
  quantile,
  type Rejection,
  skewness,
  type Source,
  standardError,
  stddev,
  type StepLedger,
  type Stream,
  stream,
  sum,
  topK,
  variance,
} from '../../src/index.ts';
import { checkpoint, crash, drive, marbles, testSink, testSource, watermark } from '../../src/testing/index.ts';

interface Meter {
  readonly meter: string | null;
  readonly street: string;
  readonly read: string;
  readonly litres: string;
  readonly pressure?: number;
}
declare const meters: Source<Meter>;
type RowOf<S> = S extends Stream<infer R, infer _> ? R : never;

/** What the design promises of time, windows, aggregates and tests, as somebody would write it. */
describe('the public surface', () => {
  it('has windows of event time with what may come late', () => {
    const rows = stream(meters)
      .dropMissing('meter')
      .cast({ litres: 'number', read: 'timestamp' })
      .eventTime('read', { outOfOrderness: '10s', idleAfter: '1m', maxAhead: '1h' })
      .sortByTime({ maxHeld: 1_000 })
      .keyBy('meter')
      .tumblingWindow('15m', { allowedLateness: '1h', early: { every: '1m' }, panes: 'accumulating', offset: '5m' })
      .aggregate({ litres: sum('litres'), most: max('litres'), p: mean('pressure'), p95: quantile('litres', 0.95) });
    expectTypeOf<RowOf<typeof rows>>().toEqualTypeOf<{
      meter: string;
      windowStart: number;
      windowEnd: number;
      pane?: Pane;
      litres: number;
      most: number;
      p: number | null;
      p95: number;
    }>();
  });

  it('has every kind of window over the same stream', () => {
    const keyed = stream(meters)
      .eventTime(({ read }) => Date.parse(read))
      .keyBy({ quarter: ({ street }) => street.slice(0, 2) });
    const n = { n: count() };
    const all = [
      keyed.tumblingWindow(60_000).aggregate(n),
      keyed.slidingWindow({ size: '1m', slide: '5s' }).aggregate(n),
      keyed.cumulativeWindow({ size: '1d', step: '1h' }).aggregate(n),
      keyed.calendarWindow({ every: 'quarter', zone: 'Europe/Oslo' }).aggregate(n),
      keyed.sessionWindow({ gap: ({ pressure }) => (pressure === undefined ? '1m' : '5m') }).aggregate(n),
      keyed.countWindow({ size: 100, slide: 10 }).aggregate(n),
      keyed.globalWindow({ early: { count: 1_000 } }).aggregate(n),
    ];
    expectTypeOf<RowOf<(typeof all)[number]>>().toEqualTypeOf<{
      quarter: string;
      windowStart: number;
      windowEnd: number;
      pane?: Pane;
      n: number;
    }>();
  });

  it('has all aggregates, each with its type', () => {
    const rows = stream(of<{ v: number | null; w: number; tag: string }>()).tumblingWindow('1m');
    const few = rows.aggregate({
      records: count(),
      values: count('v'),
      min: min('v'),
      spread: variance('w'),
      dev: stddev('w', { ddof: 0 }),
      lean: skewness('w'),
      tails: kurtosis('w'),
      error: standardError('w'),
      together: covariance('v', 'w'),
      line: correlation('v', 'w'),
      tag: first('tag'),
      v: last('v'),
      middle: median('w'),
      about: approxQuantile('w', 0.5, { accuracy: 0.001 }),
      tags: distinct('tag'),
      aboutTags: approxDistinct('tag', { error: 0.02 }),
      top: topK('tag', 3),
      aboutTop: approxTopK('tag', 3, { capacity: 50 }),
      list: collect('tag'),
      own: aggregator({
        create: () => 0,
        add: (state, { w }: { readonly w: number }) => state + w,
        result: (state) => state > 5,
        merge: (a, b) => a + b,
      }),
    });
    expectTypeOf<Omit<RowOf<typeof few>, 'windowStart' | 'windowEnd' | 'pane'>>().toEqualTypeOf<{
      records: number;
      values: number;
      min: number | null;
      spread: number | null;
      dev: number | null;
      lean: number | null;
      tails: number | null;
      error: number | null;
      together: number | null;
      line: number | null;
      tag: string;
      v: number | null;
      middle: number;
      about: number;
      tags: number;
      aboutTags: number;
      top: readonly { readonly value: unknown; readonly count: number }[];
      aboutTop: readonly { readonly value: unknown; readonly count: number }[];
      list: readonly unknown[];
      own: boolean;
    }>();
  });

  it('has windows in Rx code, as one object', () => {
    const rows = of({ at: 1, meter: 'a', street: 'b', litres: 2 });
    const given = { time: 'at', aggregate: { m: mean('litres') } } as const;
    rows.pipe(tumblingWindow({ ...given, size: '1m' })).subscribe((row) => {
      expectTypeOf<keyof typeof row>().toEqualTypeOf<'windowStart' | 'windowEnd' | 'pane' | 'm'>();
    });
    rows
      .pipe(slidingWindow({ ...given, size: '1m', slide: '5s', key: ['meter', 'street'], onReject: 'drop' }))
      .subscribe(({ meter, street, m }) =>
        expectTypeOf({ meter, street, m }).toEqualTypeOf<{ meter: string; street: string; m: number }>(),
      );
    rows.pipe(cumulativeWindow({ ...given, size: '1d', step: '1h', outOfOrderness: '5s' })).subscribe();
    rows.pipe(sessionWindow({ ...given, gap: '5m', idleAfter: '1m', maxAhead: 'off' })).subscribe();
    rows.pipe(countWindow({ ...given, size: 5, key: 'meter' })).subscribe();
  });

  it('windows the rows of a file', () => {
    const rows = stream(fromFile('meters.csv', { format: csv() }))
      .cast({ litres: 'number', read: 'timestamp' })
      .eventTime('read')
      .tumblingWindow('1d')
      .aggregate({ litres: sum('litres') });
    expectTypeOf(rows.map((row) => row.litres)).toEqualTypeOf<Stream<number>>();
  });

  it('tests chains in virtual time and by hand', () => {
    marbles(({ source, expectStream, expectRejections, expectBalancedLedger, hot, expectObservable }) => {
      const values = { a: { x: 1 }, W: watermark(9), C: checkpoint, X: crash };
      const rows = source({ north: '-a-W|', south: '-C-X|' }, values).map(({ x }) => x);
      expectTypeOf(rows).toEqualTypeOf<Stream<number>>();
      expectStream(rows).toBe('1-|', { 1: 1 });
      expectRejections(rows).toBe('l', { l: { kind: 'late' } });
      expectBalancedLedger(rows);
      expectObservable(hot('-a|')).toBe('-a|');
    });
    const driver = drive(
      (input: Stream<{ k: string; v: number; t: number }>) =>
        input
          .eventTime('t')
          .keyBy('k')
          .tumblingWindow('5s')
          .aggregate({ s: mean('v') }),
      { partitions: ['0', '1'] },
    );
    const rows = driver
      .push({ k: 'a', v: 1, t: 0 }, { timestamp: 5, partition: '1' })
      .watermark(4_999)
      .idle('1')
      .advanceTo(1)
      .restore(driver.snapshot())
      .end()
      .take();
    expectTypeOf(rows).toEqualTypeOf<{ k: string; windowStart: number; windowEnd: number; pane?: Pane; s: number }[]>();
    expectTypeOf(driver.takeRejections()).toEqualTypeOf<Rejection[]>();
    expectTypeOf(driver.ledger).toEqualTypeOf<readonly StepLedger[]>();
    expectTypeOf(driver.currentWatermark).toEqualTypeOf<number>();
    const sink = testSink<number>({ exactlyOnce: true, delay: '1ms', failAfter: 2 });
    stream(testSource([1, 2], { partitions: 2, batch: 1, failAfter: 1 })).to(sink);
    expectTypeOf([sink.rows, sink.committed]).toEqualTypeOf<(readonly number[])[]>();
  });
});
