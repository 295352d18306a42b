import { connect, filter, groupBy, map, mergeMap, type Observable, type OperatorFunction, reduce, scan } from 'rxjs';

export interface Reading {
  readonly at: number;
  readonly key: string;
  readonly v: number;
}

export interface MeanRow {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly mean: number;
}

interface Timed extends Reading {
  /** Before this record came. */
  readonly watermark: number;
  readonly newest: number;
}

/**
 * Keyed tumbling means in event time as one writes them with the operators of RxJS: a group for each window, which the
 * watermark closes, and in it a group for each key. RxJS has no watermark: `scan` carries the newest time along.
 */
export function tumblingMean(size: number, outOfOrderness: number): OperatorFunction<Reading, MeanRow> {
  const start = (at: number): number => at - (at % size);
  const windows = (timed: Observable<Timed>): Observable<MeanRow> =>
    timed.pipe(
      filter(({ at, watermark }) => start(at) + size - 1 > watermark),
      groupBy(({ at }) => start(at), {
        duration: (window) => timed.pipe(filter(({ newest }) => newest - outOfOrderness - 1 >= window.key + size - 1)),
      }),
      mergeMap((window) =>
        window.pipe(
          groupBy(({ key }) => key),
          mergeMap((series) =>
            series.pipe(
              reduce(({ sum, count }, { v }) => ({ sum: sum + v, count: count + 1 }), { sum: 0, count: 0 }),
              map(({ sum, count }) => ({
                key: series.key,
                windowStart: window.key,
                windowEnd: window.key + size,
                mean: sum / count,
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
