import { of } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  count,
  csv,
  first,
  json,
  last,
  max,
  mean,
  type Pane,
  type Sink,
  type Source,
  stream,
  type Stream,
  sum,
} from '../../src/index.ts';
import { fromFile, toFile } from '../../connectors/files/index.ts';
import { cast, ewma, movingAverage, tumblingWindow } from '../../operators/index.ts';
import { drive } from '../../src/testing/index.ts';

interface Raw {
  deviceId: string | null;
  at: string;
  temperature: string;
  humidity?: number;
  site: string;
}
declare const source: Source<Raw>;
declare const sink: Sink<{ deviceId: string; mean: number }>;
type RowOf<S> = S extends Stream<infer R, infer _> ? R : never;

it('carries the types through a whole chain', () => {
  const rows = stream(source)
    .dropMissing('deviceId')
    .cast({ temperature: 'number', at: 'timestamp' })
    .eventTime('at', { outOfOrderness: '5s' })
    .keyBy('deviceId')
    .fillMissing({ humidity: 'previous' })
    .tumblingWindow('1m')
    .aggregate({
      mean: mean('temperature'),
      max: max('temperature'),
      h: mean('humidity'),
      n: count(),
      s: first('site'),
      lastHumidity: last('humidity'),
      total: sum('temperature'),
    })
    .ewma('mean', { alpha: 0.2, as: 'smoothed' });
  rows.to(sink);
  expectTypeOf<RowOf<typeof rows>>().toEqualTypeOf<{
    deviceId: string;
    windowStart: number;
    windowEnd: number;
    pane?: Pane;
    mean: number;
    max: number;
    h: number | null;
    n: number;
    s: string;
    lastHumidity: number | null;
    total: number;
    smoothed: number | null;
  }>();
});

it('knows what a cast makes of a field', () => {
  const required = stream(source).cast({ humidity: 'number' });
  expectTypeOf<RowOf<typeof required>['humidity']>().toEqualTypeOf<number>();
  const optional = stream(source).cast({ temperature: { type: 'number?' } });
  expectTypeOf<RowOf<typeof optional>['temperature']>().toEqualTypeOf<number | null>();
});

it('knows which missing values are gone', () => {
  const dropped = stream(source).dropMissing('humidity');
  expectTypeOf<RowOf<typeof dropped>['humidity']>().toEqualTypeOf<number>();
  const constant = stream(source).fillMissing({ humidity: { value: 0 } });
  expectTypeOf<RowOf<typeof constant>['humidity']>().toEqualTypeOf<number>();
  const previous = stream(source).fillMissing({ humidity: 'previous' });
  expectTypeOf<RowOf<typeof previous>['humidity']>().toEqualTypeOf<number | undefined>();
});

it('carries the key into the rows of a window', () => {
  const two = stream(source)
    .keyBy('deviceId', 'site')
    .eventTime((r) => r.site.length)
    .tumblingWindow('1m');
  const rows = two.aggregate({ n: count('site') });
  expectTypeOf<RowOf<typeof rows>>().toEqualTypeOf<{
    deviceId: string | null;
    site: string;
    windowStart: number;
    windowEnd: number;
    pane?: Pane;
    n: number;
  }>();
  const made = stream(source)
    .keyBy({ region: (r) => r.site.slice(0, 2) })
    .tumblingWindow('1m')
    .aggregate({ n: count() });
  expectTypeOf<RowOf<typeof made>['region']>().toEqualTypeOf<string>();
});

it('follows select, derive, rename, flatMap, filter and union', () => {
  const rows = stream(of({ a: 1, b: 'x' }))
    .rename({ a: 'c' })
    .derive({ d: (r) => r.c * 2 })
    .select('c', 'd');
  expectTypeOf<RowOf<typeof rows>>().toEqualTypeOf<{ c: number; d: number }>();
  const texts = stream([1, 'x'])
    .filter((r): r is string => typeof r === 'string')
    .flatMap((r) => [r.length]);
  expectTypeOf<RowOf<typeof texts>>().toEqualTypeOf<number>();
  const both = stream([1]).union(stream(['x']));
  expectTypeOf<RowOf<typeof both>>().toEqualTypeOf<number | string>();
});

it('types the pipeable face alike', () => {
  const rows$ = of({ at: 1, deviceId: 'a', t: 2 }).pipe(
    tumblingWindow({ size: '1m', time: 'at', key: 'deviceId', aggregate: { mean: mean('t') } }),
  );
  rows$.subscribe((row) => {
    expectTypeOf(row).toEqualTypeOf<{
      deviceId: string;
      windowStart: number;
      windowEnd: number;
      pane?: Pane;
      mean: number;
    }>();
  });
  of({ at: 1, t: 2 })
    .pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: mean('t') } }))
    .subscribe((row) => expectTypeOf<keyof typeof row>().toEqualTypeOf<'windowStart' | 'windowEnd' | 'pane' | 'm'>());
  of(1, 2)
    .pipe(ewma({ alpha: 0.5 }), movingAverage({ over: 3 }))
    .subscribe((x) => expectTypeOf(x).toEqualTypeOf<number | null>());
  of({ a: 1 })
    .pipe(cast({ a: 'string' }))
    .subscribe((row) => expectTypeOf(row.a).toEqualTypeOf<string>());
});

it('types files and drive', () => {
  const rows = stream(fromFile('a.csv', { format: csv<{ a: string; b: string }>({ header: true }) }))
    .cast({ a: 'number', b: 'timestamp' })
    .eventTime('b')
    .ewma('a', { halfLife: 5, as: 'smoothed' });
  expectTypeOf(rows.toArray()).resolves.toEqualTypeOf<{ a: number; b: number; smoothed: number | null }[]>();
  rows.to(toFile('x.jsonl', { format: json() }));
  const driver = drive((s: Stream<{ k: string; v: number; t: number }>) =>
    s
      .eventTime('t')
      .keyBy('k')
      .tumblingWindow('5s')
      .aggregate({ s: mean('v') }),
  );
  expectTypeOf(driver.take()).toEqualTypeOf<
    { k: string; windowStart: number; windowEnd: number; pane?: Pane; s: number }[]
  >();
});

it('refuses what cannot be meant', () => {
  const chain = stream(source);
  // @ts-expect-error a misspelt field
  chain.cast({ temprature: 'number' });
  // @ts-expect-error a misspelt field beside a right one
  chain.cast({ temperature: 'number', temprature: 'number' });
  const casted = chain.cast({ temperature: 'number' }).tumblingWindow('1m');
  // @ts-expect-error no such field in the window
  casted.aggregate({ m: mean('temprature') });
  // @ts-expect-error a text is not a number
  chain.tumblingWindow('1m').aggregate({ m: mean('site') });
  // @ts-expect-error not a duration
  chain.tumblingWindow('1 minute');
  // @ts-expect-error no such field
  stream(of({ x: 1 })).ewma('site', { alpha: 0.2, as: 'y' });
  // @ts-expect-error two decays
  stream(of({ x: 1 })).ewma('x', { alpha: 0.2, span: 3, as: 'y' });
  // @ts-expect-error no decay
  stream(of({ x: 1 })).ewma('x', { as: 'y' });
  // @ts-expect-error a source is not a sink
  chain.to(source);
  // @ts-expect-error a misspelt key
  chain.keyBy('devId');
  // @ts-expect-error a sink for other rows
  stream(of({ deviceId: 'a', mean: 'x' })).to(sink);
});

it('keeps up with a chain of thirty steps', () => {
  const rows = stream(of<{ id: string; at: number; v: string; w: number | null; x: string }>())
    .map((r) => ({ ...r, m: 1 }))
    .filter((r) => r.m > 0)
    .cast({ v: 'number' })
    .dropMissing('w')
    .derive({ d1: (r) => r.v + r.w })
    .derive({ d2: (r) => r.d1 * 2 })
    .derive({ d3: (r) => r.d2 * 2 })
    .derive({ d4: (r) => r.d3 * 2 })
    .derive({ d5: (r) => String(r.d4) })
    .rename({ d5: 'e5' })
    .cast({ e5: 'number' })
    .filter((r) => r.e5 > 0)
    .eventTime('at')
    .keyBy('id')
    .ewma('v', { alpha: 0.1, as: 's1' })
    .ewma('s1', { alpha: 0.1, as: 's2' })
    .ewma('s2', { alpha: 0.1, as: 's3' })
    .movingAverage('s3', { over: 3, as: 's4' })
    .fillMissing({ s4: { value: 0 } })
    .dropMissing('s1', 's2')
    .map((r) => ({ ...r, n: 1 }))
    .derive({ f1: (r) => r.s4 + r.n })
    .rename({ f1: 'f2' })
    .select('id', 'at', 'v', 'w', 's1', 's4', 'f2')
    .filter((r) => r.f2 > 0)
    .derive({ g: (r) => r.f2 > 1 })
    .cast({ g: 'string' })
    .tumblingWindow('1m')
    .aggregate({ a: mean('s4'), b: max('f2'), c: count(), last: last('g') })
    .ewma('a', { span: 3, as: 'z' })
    .derive({ y: (r) => (r.z ?? 0) + r.c });
  expectTypeOf<RowOf<typeof rows>>().toEqualTypeOf<{
    id: string;
    windowStart: number;
    windowEnd: number;
    pane?: Pane;
    a: number;
    b: number;
    c: number;
    last: string;
    z: number | null;
    y: number;
  }>();
});
