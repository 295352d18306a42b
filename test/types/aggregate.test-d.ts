import { EMPTY, type Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { ResultOf, Results } from '../../operators/aggregate/aggregate.ts';
import { count } from '../../operators/aggregate/count.ts';
import { first } from '../../operators/aggregate/first.ts';
import { last } from '../../operators/aggregate/last.ts';
import { max } from '../../operators/aggregate/max.ts';
import { mean } from '../../operators/aggregate/mean.ts';
import { min } from '../../operators/aggregate/min.ts';
import { sum } from '../../operators/aggregate/sum.ts';
import { tumblingWindow } from '../../operators/window/tumbling-window.ts';

interface Reading {
  readonly at: number;
  readonly site: string;
  readonly t: number;
  readonly maybe: number | null;
  readonly h?: number;
  readonly tag?: string;
}

declare function resultOf<A>(aggregate: A): ResultOf<Reading, A>;

describe('results of aggregates', () => {
  it('are numbers where the field is there for sure', () => {
    expectTypeOf(resultOf(mean('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(sum('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(min('t'))).toEqualTypeOf<number>();
    expectTypeOf(resultOf(max('t'))).toEqualTypeOf<number>();
  });

  it('may be null where the field may be missing', () => {
    expectTypeOf(resultOf(mean('h'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(mean('maybe'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(max('maybe'))).toEqualTypeOf<number | null>();
  });

  it('are always a number for a count', () => {
    expectTypeOf(resultOf(count())).toEqualTypeOf<number>();
    expectTypeOf(resultOf(count('tag'))).toEqualTypeOf<number>();
  });

  it("have the field's own type for first and last", () => {
    expectTypeOf(resultOf(first('site'))).toEqualTypeOf<string>();
    expectTypeOf(resultOf(last('tag'))).toEqualTypeOf<string | null>();
    expectTypeOf(resultOf(first('maybe'))).toEqualTypeOf<number | null>();
    expectTypeOf(resultOf(first('h'))).toEqualTypeOf<number | null>();
  });

  it('stand under their names', () => {
    const aggregates = { n: count(), site: first('site'), mean: mean('h') };
    expectTypeOf<Results<Reading, typeof aggregates>>().toEqualTypeOf<{
      n: number;
      site: string;
      mean: number | null;
    }>();
  });
});

describe('a window', () => {
  const readings = EMPTY as Observable<Reading>;

  it('has rows of its key, its borders and its aggregates', () => {
    const rows = readings.pipe(
      tumblingWindow({ size: '1m', time: 'at', key: 'site', aggregate: { n: count(), mean: mean('t'), h: last('h') } }),
    );
    expectTypeOf(rows).toEqualTypeOf<
      Observable<{
        readonly site: string;
        windowStart: number;
        windowEnd: number;
        n: number;
        mean: number;
        h: number | null;
      }>
    >();
  });

  it('has no key fields without a key', () => {
    const rows = readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { n: count() } }));
    expectTypeOf(rows).toEqualTypeOf<Observable<{ windowStart: number; windowEnd: number; n: number }>>();
  });

  it('refuses what is not there', () => {
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: mean('tt') } }));
    // @ts-expect-error a string is not a number
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: mean('site') } }));
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: count('tt') } }));
    // @ts-expect-error a misspelt field
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', aggregate: { m: first('tt') } }));
    // @ts-expect-error a misspelt key
    readings.pipe(tumblingWindow({ size: '1m', time: 'at', key: 'sit', aggregate: { n: count() } }));
    // @ts-expect-error not a duration
    readings.pipe(tumblingWindow({ size: '1 minute', time: 'at', aggregate: { n: count() } }));
  });
});
