import { connect, filter, groupBy, map, mergeMap, type Observable, type OperatorFunction, reduce, scan } from 'rxjs';

export interface Reading {
  readonly at: number;
  readonly key: string;
  readonly v: number;
}

export interface WindowRow {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly result: number;
}

export interface WindowsInRxjs<A> {
  readonly size: number;
  /** Default: windows side by side. */
  readonly slide?: number;
  readonly outOfOrderness: number;
  readonly empty: A;
  readonly add: (before: A, v: number) => A;
  readonly result: (of: A) => number;
}

export const meanInRxjs = {
  empty: { sum: 0, count: 0 },
  add: ({ sum, count }: { readonly sum: number; readonly count: number }, v: number) => ({
    sum: sum + v,
    count: count + 1,
  }),
  result: ({ sum, count }: { readonly sum: number; readonly count: number }): number => sum / count,
};

export const maxInRxjs = {
  empty: Number.NEGATIVE_INFINITY,
  add: (before: number, v: number) => Math.max(before, v),
  result: (of: number): number => of,
};

interface Timed extends Reading {
  /** Before this record came. */
  readonly watermark: number;
  readonly newest: number;
}

/** A record in one of its windows. */
interface Placed {
  readonly start: number;
  readonly key: string;
  readonly v: number;
}

/**
 * Keyed windows in event time as one writes them with the operators of RxJS: a group for each window, which the watermark
 * closes, and in it a group for each key; a record goes into each of its windows. RxJS has no watermark: `scan` carries the
 * newest time along.
 */
export function windowsInRxjs<A>(options: WindowsInRxjs<A>): OperatorFunction<Reading, WindowRow> {
  const { size, slide = size } = options;
  const start = (at: number): number => at - (at % slide);
  const inTime = filter(({ at, watermark }: Timed) => start(at) + size - 1 > watermark);
  const place = ({ at, key, v, watermark }: Timed): Placed[] => {
    const placed: Placed[] = [];
    for (let each = start(at); each > at - size; each -= slide) {
      if (each + size - 1 > watermark) placed.push({ start: each, key, v });
    }
    return placed;
  };
  return slide === size
    ? windowed(options, inTime, ({ at }) => start(at))
    : windowed(options, mergeMap(place), (each) => each.start);
}

function windowed<A, P extends { readonly key: string; readonly v: number }>(
  { size, outOfOrderness, empty, add, result }: WindowsInRxjs<A>,
  place: OperatorFunction<Timed, P>,
  startOf: (placed: P) => number,
): OperatorFunction<Reading, WindowRow> {
  const windows = (timed: Observable<Timed>): Observable<WindowRow> =>
    timed.pipe(
      place,
      groupBy(startOf, {
        duration: (window) => timed.pipe(filter(({ newest }) => newest - outOfOrderness - 1 >= window.key + size - 1)),
      }),
      mergeMap((window) =>
        window.pipe(
          groupBy(({ key }) => key),
          mergeMap((series) =>
            series.pipe(
              reduce((before, { v }) => add(before, v), empty),
              map((all) => ({
                key: series.key,
                windowStart: window.key,
                windowEnd: window.key + size,
                result: result(all),
              })),
            ),
          ),
        ),
      ),
    );
  return (readings) =>
    readings.pipe(
      scan(
        ({ newest }: { readonly newest: number }, { at, key, v }: Reading): Timed => ({
          at,
          key,
          v,
          watermark: newest - outOfOrderness - 1,
          newest: Math.max(newest, at),
        }),
        { newest: Number.NEGATIVE_INFINITY },
      ) as OperatorFunction<Reading, Timed>,
      connect(windows),
    );
}
