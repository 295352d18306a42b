import { monitorEventLoopDelay } from 'node:perf_hooks';
import { mean, type Sink, stream } from 'millrace';
import { rowSink } from './row-sink.ts';
import { table } from './table.ts';

const keys = 1_000_000;
const aggregates = { mean: mean('v') };

type Keyed = ReturnType<typeof millionKeys>;

type Cut = (keyed: Keyed) => { to(sink: Sink<object>): { run(): Promise<unknown> } };

const windows: Readonly<Record<string, Cut>> = {
  'tumbling, 1 min': (keyed) => keyed.tumblingWindow('1m').aggregate(aggregates),
  'sliding, 1 min every 20 s': (keyed) => keyed.slidingWindow({ size: '1m', slide: '20s' }).aggregate(aggregates),
  'cumulative, 1 min by 20 s': (keyed) => keyed.cumulativeWindow({ size: '1m', step: '20s' }).aggregate(aggregates),
  'calendar, a day': (keyed) => keyed.calendarWindow({ every: 'day', zone: 'UTC' }).aggregate(aggregates),
  'session, gap of 1 min': (keyed) => keyed.sessionWindow({ gap: '1m' }).aggregate(aggregates),
  'count, of 2': (keyed) => keyed.countWindow({ size: 2 }).aggregate(aggregates),
  global: (keyed) => keyed.globalWindow().aggregate(aggregates),
};

/** A million windows that close at one watermark, and for how long nothing else has a turn meanwhile: the median of three runs. */
export async function millionWindows(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, cut] of Object.entries(windows)) {
    const runs = [await longestWait(cut), await longestWait(cut), await longestWait(cut)];
    const { ms, fired } = runs.toSorted((a, b) => a.ms - b.ms)[1]!;
    rows.push([name, fired.toLocaleString('en-US'), ms.toFixed(1), '50', ms < 50 ? 'reached' : 'not reached']);
  }
  return table(['window', 'rows', 'longest wait, ms', 'below', ''], rows);
}

async function longestWait(cut: Cut): Promise<{ ms: number; fired: number }> {
  const waits = monitorEventLoopDelay({ resolution: 1 });
  let fired = 0;
  waits.enable();
  // What it took to read the records is not what is looked for.
  const sink = rowSink(() => void (fired++ === 0 && waits.reset()));
  await cut(millionKeys()).to(sink).run();
  waits.disable();
  return { ms: waits.max / 1e6, fired };
}

function millionKeys() {
  return stream(readings(), { engine: 'own' }).eventTime('at').keyBy('key');
}

/** Every key once within a second, and a record of the day after the next. */
function* readings(): Generator<{ readonly at: number; readonly key: string; readonly v: number }> {
  for (let index = 0; index < keys; index++) yield { at: index / 1_000, key: `d${index}`, v: index / 3 };
  yield { at: 2 * 86_400_000, key: 'd0', v: 0 };
}
