import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { deliveries, type Delivery, type Job, stream, toFunction } from '../../src/index.ts';
import { testSource } from '../../src/testing/index.ts';

interface Reading {
  readonly id: string;
  readonly t: number;
}

declare const readings: Reading[];

describe('toFunction', () => {
  it('takes its rows from the chain', () => {
    const job = stream(readings).to(
      toFunction((rows, { signal }) => {
        expectTypeOf(rows).toEqualTypeOf<readonly Reading[]>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      }),
    );
    expectTypeOf(job).toEqualTypeOf<Job>();
  });

  it('takes rows that have more than it needs, and refuses others', () => {
    const ids = toFunction<{ readonly id: string }>(async (rows) => void rows.length);
    stream(readings).to(ids);
    // @ts-expect-error a number has no id
    stream([1]).to(ids);
    // @ts-expect-error it is called `batch`
    toFunction(() => {}, { size: 5 });
  });

  it('takes dead letters', () => {
    stream(readings).onReject(toFunction((rejections) => void rejections[0]?.kind));
  });
});

describe('deliveries', () => {
  it('has the type of the records', () => {
    expectTypeOf(deliveries(testSource(readings))).toEqualTypeOf<Observable<Delivery<Reading>>>();
    expectTypeOf<Delivery<Reading>['value']>().toEqualTypeOf<Reading>();
  });

  it('refuses what is no source, and a sink as policy', () => {
    // @ts-expect-error a list cannot be committed
    deliveries(readings);
    // @ts-expect-error dead letters need a job
    deliveries(testSource(readings), { onReject: toFunction(() => {}) });
  });
});
