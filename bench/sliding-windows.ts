import { type EngineChoice, max, mean, stream } from 'millrace';
import { from } from 'rxjs';
import type { Contestant, Race } from './method.ts';
import { someReadings } from './some-readings.ts';
import { MaxRing, MeanRing, slidingByHand } from './sliding-by-hand.ts';
import { maxInRxjs, meanInRxjs, type Reading, windowsInRxjs } from './windows-in-rxjs.ts';

const size = 60_000;
const slide = 1_000;
const outOfOrderness = 500;

/** Of these RxJS is given: each goes into 60 groups. */
const recordsForRxjs = 40_000;

type Readings = readonly Reading[];
type Run = Contestant['run'];
type Kind = 'sliding' | 'tumbling';

const aggregates = {
  mean: { ours: mean('v'), inRxjs: meanInRxjs, ring: (key: string) => new MeanRing(key) },
  max: { ours: max('v'), inRxjs: maxInRxjs, ring: (key: string) => new MaxRing(key) },
} as const;

type Name = keyof typeof aggregates;

/** Of 1,000 keys, in a second so many records each: the denser, the less a row counts, which every key and slide has. */
export function* slidingWindows(): Generator<Race> {
  for (const density of [20, 100]) {
    const readings = someReadings(2_000_000, { keys: 1_000, density, disorder: 420 });
    for (const name of ['mean', 'max'] as const) {
      yield againstByHand(readings, name, density);
      yield againstTumbling(readings, name, density, 'shared');
      yield againstTumbling(readings, name, density, 'own');
    }
  }
}

function againstByHand(readings: Readings, name: Name, density: number): Race {
  const { ring, inRxjs } = aggregates[name];
  return {
    title: `Sliding ${name}: 60 s every 1 s, ${density} records a key and second`,
    records: readings.length,
    contestants: [
      { name: 'hand-written slices', run: slidingByHand(readings, { size, slide, outOfOrderness, ring }) },
      {
        name: 'RxJS',
        records: recordsForRxjs,
        run: inPlainRxjs(readings, inRxjs as typeof meanInRxjs),
      },
      { name: 'millrace, shared engine', run: inMillrace(readings, name, 'sliding', 'shared'), target: 0.55 },
      { name: 'millrace, own copy', run: inMillrace(readings, name, 'sliding', 'own'), target: 0.55 },
    ],
  };
}

/** One at most 1.3 times as slow as the other. */
function againstTumbling(readings: Readings, name: Name, density: number, engine: EngineChoice): Race {
  const where = engine === 'own' ? 'own copy' : 'shared engine';
  return {
    title: `The same against tumbling ${name} of 60 s: ${density} records a key and second, ${where}`,
    records: readings.length,
    apart: true,
    contestants: [
      { name: 'tumbling, 60 s', run: inMillrace(readings, name, 'tumbling', engine) },
      { name: 'sliding, 60 s every 1 s', run: inMillrace(readings, name, 'sliding', engine), target: 1 / 1.3 },
    ],
  };
}

function inMillrace(readings: Readings, name: Name, kind: Kind, engine: EngineChoice): Run {
  const keyed = stream(readings, { engine }).eventTime('at', { outOfOrderness }).keyBy('key');
  const windows = kind === 'sliding' ? keyed.slidingWindow({ size, slide }) : keyed.tumblingWindow(size);
  const rows = windows.aggregate({ result: aggregates[name].ours });
  return (tally) => void rows.subscribe((row) => tally.take(row, row.result));
}

function inPlainRxjs(readings: Readings, aggregate: typeof meanInRxjs): Run {
  return (tally, records) => {
    from(readings.slice(0, records))
      .pipe(windowsInRxjs({ size, slide, outOfOrderness, ...aggregate }))
      .subscribe((row) => tally.take(row, row.result));
  };
}
