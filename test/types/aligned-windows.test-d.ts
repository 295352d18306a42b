import { of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { calendarWindow, cumulativeWindow, slidingWindow, tumblingWindow } from '../../operators/index.ts';
import { count, first, mean, type Pane, type Stream, type WindowOptions } from '../../src/index.ts';

interface Reading {
  readonly sensor: string;
  readonly at: number;
  readonly celsius: number;
  readonly note: string | null;
}

declare const readings: Stream<Reading, { sensor: string }>;

interface Borders {
  sensor: string;
  windowStart: number;
  windowEnd: number;
  pane?: Pane;
}
interface Row extends Borders {
  n: number;
  celsius: number;
  note: string | null;
}
/** Where a window may hold no record. */
interface RowOrNothing extends Borders {
  n: number | null;
  celsius: number | null;
  note: string | null;
}

const aggregate = { n: count(), celsius: mean('celsius'), note: first('note') };

describe('windows on a grid', () => {
  it('have the rows of windows', () => {
    readings
      .slidingWindow({ size: '1m', slide: '5s', allowedLateness: 'unbounded' })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
    readings
      .cumulativeWindow({ size: '1d', step: '1h', offset: '-1h' })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
    readings
      .calendarWindow({ every: 'week', zone: 'Europe/Berlin', weekStartsOn: 'sunday' })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
  });

  it('may have nothing to say where windows fire without a record', () => {
    readings
      .tumblingWindow('1m', { empty: true })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<RowOrNothing>());
    readings
      .slidingWindow({ size: '1m', slide: '5s', empty: true })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<RowOrNothing>());
    readings
      .cumulativeWindow({ size: '1d', step: '1h', empty: true })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<RowOrNothing>());
    readings
      .calendarWindow({ every: 'day', zone: 'UTC', empty: true })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<RowOrNothing>());
    readings
      .tumblingWindow('1m', { empty: false })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
  });

  it('may have nothing to say where nobody knows whether they do', () => {
    const options: WindowOptions & { empty: boolean } = { empty: Math.random() > 0.5 };
    readings
      .tumblingWindow('1m', options)
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<RowOrNothing>());
  });

  it('have them in Rx code', () => {
    const given = { time: 'at', key: 'sensor', aggregate } as const;
    of<Reading>()
      .pipe(slidingWindow({ ...given, size: '1m', slide: '5s' }))
      .subscribe((row) => {
        expectTypeOf(row).toEqualTypeOf<{
          readonly sensor: string;
          windowStart: number;
          windowEnd: number;
          pane?: Pane;
          n: number;
          celsius: number;
          note: string | null;
        }>();
      });
    of<Reading>()
      .pipe(cumulativeWindow({ size: '1d', step: '1h', time: 'at', aggregate: { n: count() } }))
      .subscribe((row) => expectTypeOf(row.n).toEqualTypeOf<number>());
    of<Reading>()
      .pipe(calendarWindow({ every: 'day', zone: 'UTC', time: 'at', empty: true, aggregate: { m: mean('celsius') } }))
      .subscribe((row) => expectTypeOf(row.m).toEqualTypeOf<number | null>());
    of<Reading>()
      .pipe(tumblingWindow({ size: '1d', time: 'at', empty: true, aggregate: { n: count() } }))
      .subscribe((row) => expectTypeOf(row.n).toEqualTypeOf<number | null>());
  });

  it('refuse what they cannot do', () => {
    // @ts-expect-error a slide is missing
    readings.slidingWindow({ size: '1m' });
    // @ts-expect-error a step is called so
    readings.cumulativeWindow({ size: '1d', slide: '1h' });
    // @ts-expect-error a zone is missing
    readings.calendarWindow({ every: 'day' });
    // @ts-expect-error no such unit
    readings.calendarWindow({ every: 'decade', zone: 'UTC' });
    // @ts-expect-error no such day
    readings.calendarWindow({ every: 'week', zone: 'UTC', weekStartsOn: 'Monday' });
    // @ts-expect-error a calendar has no offset
    readings.calendarWindow({ every: 'day', zone: 'UTC', offset: '6h' });
    // @ts-expect-error one of the two
    readings.tumblingWindow('1m', { early: { every: '5s', count: 5 }, allowedLateness: 'forever' });
    // @ts-expect-error a bad duration
    readings.slidingWindow({ size: '1 minute', slide: '5s' });
    // @ts-expect-error a text has no mean
    readings.slidingWindow({ size: '1m', slide: '5s' }).aggregate({ m: mean('note') });
    // @ts-expect-error no such field
    of<Reading>().pipe(slidingWindow({ size: '1m', slide: '5s', time: 'at', aggregate: { m: mean('kelvin') } }));
  });
});
