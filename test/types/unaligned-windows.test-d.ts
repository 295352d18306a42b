import { describe, expectTypeOf, it } from 'vitest';
import { of } from 'rxjs';
import { countWindow, globalWindow, sessionWindow } from '../../operators/index.ts';
import { count, last, mean, type Pane, type Stream, stream } from '../../src/index.ts';

interface Trip {
  readonly bike: number;
  readonly at: number;
  readonly km: number;
  readonly note: string | null;
}

declare const trips: Stream<Trip, { bike: number }>;

interface Row {
  bike: number;
  windowStart: number;
  windowEnd: number;
  pane?: Pane;
  km: number;
  note: string | null;
}

describe('sessions, counted and global windows', () => {
  const aggregate = { km: mean('km'), note: last('note') };

  it('have the rows of windows', () => {
    trips
      .sessionWindow({ gap: ({ km }) => (km > 3 ? '5m' : 60_000) })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
    trips
      .countWindow({ size: 3, slide: 1 })
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
    trips
      .globalWindow()
      .aggregate(aggregate)
      .map((row) => expectTypeOf(row).toEqualTypeOf<Row>());
  });

  it('have them in Rx code', () => {
    const n = count();
    of<Trip>()
      .pipe(sessionWindow({ gap: '5m', time: 'at', key: 'bike', aggregate: { n } }))
      .subscribe((row) => {
        expectTypeOf(row).toEqualTypeOf<{
          readonly bike: number;
          windowStart: number;
          windowEnd: number;
          pane?: Pane;
          n: number;
        }>();
      });
    of<Trip>()
      .pipe(countWindow({ size: 5, time: 'at', aggregate: { n } }))
      .subscribe((row) => expectTypeOf(row.n).toEqualTypeOf<number>());
    of<Trip>()
      .pipe(globalWindow({ early: { count: 5 }, time: 'at', aggregate: { n } }))
      .subscribe((row) => expectTypeOf(row.n).toEqualTypeOf<number>());
  });

  it('refuse what they cannot do', () => {
    // @ts-expect-error sessions stand on no grid
    trips.sessionWindow({ gap: '5m', offset: '1h' });
    // @ts-expect-error there are no sessions without records
    trips.sessionWindow({ gap: '5m', empty: true });
    // @ts-expect-error a gap is a duration
    trips.sessionWindow({ gap: ({ note }) => note });
    // @ts-expect-error a number of records
    trips.countWindow({ size: '5m' });
    // @ts-expect-error there is no end to be late for
    trips.globalWindow({ allowedLateness: '5m' });
    const counted = stream([{ at: 1 }]).countWindow({ size: 2 });
    // @ts-expect-error no such field in the window
    counted.aggregate({ m: mean('km') });
  });
});
