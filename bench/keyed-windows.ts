import { type EngineChoice, mean, stream } from 'millrace';
import { from, groupBy, mergeMap, scan } from 'rxjs';
import { someReadings } from './some-readings.ts';
import type { Contestant, Race } from './method.ts';
import { meanInRxjs, type Reading, windowsInRxjs } from './windows-in-rxjs.ts';

const size = 10_000;
const outOfOrderness = 500;
const alpha = 0.2;

type Readings = readonly Reading[];
type Run = Contestant['run'];

export function keyedWindows(): readonly Race[] {
  const readings = someReadings(1_000_000, { keys: 1_000, disorder: 420 });
  return [
    {
      title: 'Keyed tumbling mean: 10 s, up to 500 ms out of order',
      records: readings.length,
      contestants: [
        { name: 'hand-written loop', run: tumblingByHand(readings) },
        { name: 'RxJS', run: tumblingInRxjs(readings) },
        { name: 'millrace, shared engine', run: tumbling(readings, 'shared'), target: 0.55 },
        { name: 'millrace, own copy', run: tumbling(readings, 'own'), target: 0.75 },
      ],
    },
    {
      title: 'Keyed EWMA: alpha 0.2',
      records: readings.length,
      contestants: [
        { name: 'hand-written loop', run: ewmaByHand(readings) },
        { name: 'RxJS', run: ewmaInRxjs(readings) },
        { name: 'millrace, shared engine', run: ewma(readings, 'shared'), target: 0.55 },
        { name: 'millrace, own copy', run: ewma(readings, 'own'), target: 0.6 },
      ],
    },
  ];
}

function tumbling(readings: Readings, engine: EngineChoice): Run {
  const rows = stream(readings, { engine })
    .eventTime('at', { outOfOrderness })
    .keyBy('key')
    .tumblingWindow(size)
    .aggregate({ mean: mean('v') });
  return (tally) => void rows.subscribe((row) => tally.take(row, row.mean));
}

function tumblingInRxjs(readings: Readings): Run {
  return (tally) => {
    from(readings)
      .pipe(windowsInRxjs({ size, outOfOrderness, ...meanInRxjs }))
      .subscribe((row) => tally.take(row, row.result));
  };
}

function tumblingByHand(readings: Readings): Run {
  return (tally) => {
    const open = new Map<number, Map<string, { sum: number; count: number }>>();
    let newest = Number.NEGATIVE_INFINITY;
    let watermark = Number.NEGATIVE_INFINITY;
    let nextDue = Number.POSITIVE_INFINITY;
    const fire = (): void => {
      for (const [start, window] of [...open].toSorted(([a], [b]) => a - b)) {
        if (start + size - 1 > watermark) continue;
        for (const [key, { sum, count }] of window) {
          const row = { key, windowStart: start, windowEnd: start + size, mean: sum / count };
          tally.take(row, row.mean);
        }
        open.delete(start);
      }
      nextDue = Math.min(...open.keys()) + size - 1;
    };
    for (const { at, key, v } of readings) {
      const start = at - (at % size);
      if (start + size - 1 <= watermark) continue;
      let window = open.get(start);
      if (window === undefined) {
        window = new Map();
        open.set(start, window);
        nextDue = Math.min(nextDue, start + size - 1);
      }
      let cell = window.get(key);
      if (cell === undefined) {
        cell = { sum: 0, count: 0 };
        window.set(key, cell);
      }
      cell.sum += v;
      cell.count++;
      if (at <= newest) continue;
      newest = at;
      watermark = at - outOfOrderness - 1;
      if (watermark >= nextDue) fire();
    }
    watermark = Number.POSITIVE_INFINITY;
    fire();
  };
}

function ewma(readings: Readings, engine: EngineChoice): Run {
  const rows = stream(readings, { engine }).keyBy('key').ewma('v', { alpha, as: 'smooth' });
  return (tally) => void rows.subscribe((row) => tally.take(row, row.smooth as number));
}

/** The row is written out: a spread that adds a field costs many times as much on Node 20. */
function ewmaInRxjs(readings: Readings): Run {
  return (tally) => {
    from(readings)
      .pipe(
        groupBy(({ key }) => key),
        mergeMap((series) =>
          series.pipe(
            scan(
              (before: { readonly smooth: number } | undefined, { at, key, v }) => ({
                at,
                key,
                v,
                smooth: before === undefined ? v : before.smooth + alpha * (v - before.smooth),
              }),
              undefined,
            ),
          ),
        ),
      )
      .subscribe((row) => tally.take(row, row!.smooth));
  };
}

function ewmaByHand(readings: Readings): Run {
  return (tally) => {
    const averages = new Map<string, number>();
    for (const { at, key, v } of readings) {
      const before = averages.get(key);
      const smooth = before === undefined ? v : before + alpha * (v - before);
      averages.set(key, smooth);
      tally.take({ at, key, v, smooth }, smooth);
    }
  };
}
