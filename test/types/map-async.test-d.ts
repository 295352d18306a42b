import type { Observable } from 'rxjs';
import { of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { mapAsync } from '../../operators/index.ts';
import { type Stream, stream } from '../../src/index.ts';

interface Reading {
  readonly id: string;
  readonly t: number;
}

declare const readings: Reading[];
declare const cache: Map<string, number>;

describe('mapAsync', () => {
  it('infers the row from what the Promise holds', () => {
    const rows = stream(readings).mapAsync(async ({ id }) => ({ id, site: await Promise.resolve('roof') }));
    expectTypeOf(rows).toEqualTypeOf<Stream<{ id: string; site: string }>>();
    expectTypeOf(of(1).pipe(mapAsync((x) => Promise.resolve(String(x))))).toEqualTypeOf<Observable<string>>();
  });

  it('infers it from an answer that may be there at once', () => {
    const rows = stream(readings).mapAsync(({ id }) => cache.get(id) ?? Promise.resolve(0));
    expectTypeOf(rows).toEqualTypeOf<Stream<number>>();
  });

  it('keeps the key, and hands over a signal', () => {
    const rows = stream(readings)
      .keyBy('id')
      .mapAsync((reading, { signal }) => {
        expectTypeOf(reading).toEqualTypeOf<Reading>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return Promise.resolve(reading.t);
      });
    expectTypeOf(rows).toEqualTypeOf<Stream<number, { readonly id: string }>>();
  });

  it('refuses options that it does not have', () => {
    // @ts-expect-error it is called `concurrency`
    stream(readings).mapAsync(async (reading) => reading, { parallel: 4 });
    // @ts-expect-error a duration has a unit
    stream(readings).mapAsync(async (reading) => reading, { timeout: '5' });
    // @ts-expect-error a sink as policy needs a job
    mapAsync(async (reading) => reading, { onReject: { name: 'sink', traits: { guarantee: 'repeats' } } });
  });
});
