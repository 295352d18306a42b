import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { count, type Stream } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import { patience, runs } from '../../support/runs.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
}

const aggregate = { n: count() };

describe('a ttl as long as windows are kept', () => {
  it('lets nobody go before its windows have', patience, () => {
    const [size, lateness] = [20, 15];
    const chains: readonly ((input: Stream<Reading>) => Observable<object>)[] = [
      (input) => input.tumblingWindow(size, { ttl: size + lateness, allowedLateness: lateness }).aggregate(aggregate),
      (input) => input.slidingWindow({ size, slide: 6, ttl: size }).aggregate(aggregate),
      (input) => input.cumulativeWindow({ size, step: 5, ttl: size, early: { count: 2 } }).aggregate(aggregate),
      (input) =>
        input.sessionWindow({ gap: size, ttl: size + lateness, allowedLateness: lateness }).aggregate(aggregate),
    ];
    const readings = fc.array(fc.record({ at: fc.nat(300), id: fc.constantFrom('a', 'b', 'c') }));
    fc.assert(
      fc.property(fc.constantFrom(...chains), readings, fc.nat(40), (chain, list, outOfOrderness) => {
        const driver = drive(
          (input: Stream<Reading>) => chain(input.eventTime('at', { outOfOrderness }).keyBy('id')) as Stream<object>,
        );
        for (const each of list) driver.push(each);
        expect(driver.takeRejections().filter(({ kind }) => kind === 'evicted')).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
