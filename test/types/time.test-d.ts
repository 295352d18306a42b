import { of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { count, type Stream } from '../../src/index.ts';
import { ewma, sortByTime, unkeyed } from '../../operators/index.ts';

interface Reading {
  at: number;
  id: string;
  t: number;
}

declare const readings: Stream<Reading>;

describe('time and keys', () => {
  it('keep the type of records', () => {
    expectTypeOf(
      readings.eventTime('at', { idleAfter: '30s', maxAhead: 'off' }).sortByTime({ maxHeld: 5 }),
    ).toEqualTypeOf<Stream<Reading>>();
    expectTypeOf(of({ at: 1 }).pipe(sortByTime({ time: 'at', idleAfter: 5 }))).not.toBeAny();
    of({ at: 1 })
      .pipe(sortByTime({ time: 'at' }), unkeyed())
      .subscribe((row) => expectTypeOf(row).toEqualTypeOf<{ at: number }>());
  });

  it('take the key of rows back', () => {
    const rows = readings.eventTime('at').keyBy('id').unkeyed().tumblingWindow('1m').aggregate({ n: count() });
    rows.map((row) => {
      expectTypeOf(row.n).toBeNumber();
      // @ts-expect-error there is no key any more
      return row.id;
    });
  });

  it('take limits of keys in both faces', () => {
    readings.keyBy('id').ewma('t', { alpha: 0.5, as: 's', ttl: '1h', maxKeys: 5 });
    readings.keyBy('id').movingAverage('t', { over: 5, as: 's', maxKeys: 5 });
    readings.keyBy('id').fillMissing({ t: 'previous' }, { ttl: '1h' });
    of<Reading>().pipe(ewma('t', { alpha: 0.5, as: 's', key: 'id', time: 'at', ttl: '1h' }));
    // @ts-expect-error a bad duration
    readings.ewma('t', { alpha: 0.5, as: 's', ttl: '1 hour' });
    // @ts-expect-error no such field holds a time
    of<Reading>().pipe(sortByTime({ time: 'id' }));
  });
});
