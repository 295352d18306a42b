import { expectTypeOf, it } from 'vitest';
import type { Source, Stream } from '../../src/index.ts';
import { stream } from '../../src/index.ts';
import * as testing from '../../src/testing/index.ts';

it('takes the type of a source from its records, signals left out', () => {
  testing.marbles(({ source, expectStream }) => {
    const s = source('a-b|', { a: { x: 1 }, b: testing.crash });
    expectTypeOf(s).toEqualTypeOf<Stream<{ x: number }>>();
    expectStream(s.map((r) => r.x)).toBe('1-|');
    expectTypeOf(source('w', { w: testing.watermark(1), a: 'a' })).toEqualTypeOf<Stream<string>>();
    expectTypeOf(source<number>({ p: 'a', q: 'b' }, { a: 1, b: testing.checkpoint })).toEqualTypeOf<Stream<number>>();
    // @ts-expect-error a misspelt field
    s.keyBy('y');
  });
});

it('expects rows of the type that a stream has', () => {
  testing.marbles(({ source, expectStream, expectRejections, expectBalancedLedger }) => {
    const keyed = source('a', { a: { k: 'a', x: 1 } }).keyBy('k');
    expectStream(keyed).toBe('a', { a: { k: 'a', x: 1 } });
    expectStream(keyed).toBe('#', undefined, new Error('any'));
    // @ts-expect-error a row of another type
    expectStream(keyed).toBe('a', { a: 1 });
    expectRejections(keyed).toBe('a', { a: { kind: 'late', field: 'x' } });
    // @ts-expect-error no such kind
    expectRejections(keyed).toBe('a', { a: { kind: 'lost' } });
    expectBalancedLedger(keyed);
  });
});

it('hands over the helpers of RxJS, and answers what any runner calls', () => {
  const test = testing.marbles(({ hot, cold, expectObservable, expectSubscriptions, flush, time, animate }) => {
    expectObservable(hot('a')).toBe('a');
    expectSubscriptions(cold('a').subscriptions).toBe([]);
    animate('x');
    expectTypeOf(time('-|')).toEqualTypeOf<number>();
    expectTypeOf(flush).toEqualTypeOf<() => void>();
  });
  expectTypeOf(test).toEqualTypeOf<() => void>();
});

it('makes sources and sinks of the type of their records', () => {
  expectTypeOf(testing.testSource([1, 2])).toEqualTypeOf<Source<number>>();
  const sink = testing.testSink<{ x: number }>({ exactlyOnce: true, delay: '5ms', failAfter: 3 });
  expectTypeOf(sink.rows).toEqualTypeOf<readonly { x: number }[]>();
  expectTypeOf(sink.committed).toEqualTypeOf<readonly { x: number }[]>();
  stream(testing.testSource([{ x: 1, y: 2 }], { partitions: 2, batch: 1, failAfter: 1 })).to(sink);
  // @ts-expect-error rows of another type
  stream(testing.testSource([{ y: 1 }])).to(sink);
  // @ts-expect-error no such option
  testing.testSink({ exactly: true });
});
