import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckpointMetrics, mean, type Sink, type Source, stream } from 'millrace';
import { directory } from 'millrace/connectors/files';
import type { Race, Tally } from './method.ts';
import { rowSink } from './row-sink.ts';
import { table } from './table.ts';

interface Reading {
  readonly at: number;
  readonly key: string;
  readonly v: number;
}

/** A record a millisecond. */
function someReadings(length: number, keys: number): readonly Reading[] {
  return Array.from({ length }, (_, i) => ({ at: i, key: `d${(i * 7_919) % keys}`, v: 20 + (i % 97) / 3 }));
}

/** Rows go to the tally of the bench, as a subscriber's would. */
function tallySink<T>(tally: Tally, value: (row: T) => number): Sink<T> {
  return rowSink((row) => tally.take(row, value(row)));
}

/** The same readings so many times, a thousand to a batch. */
function repeated(readings: readonly Reading[], times: number): Source<Reading> {
  const size = 1_000;
  const total = readings.length * times;
  return {
    name: 'readings',
    traits: { timestamps: false, live: false, replay: 'any' },
    open: ({ positions }) => {
      let offset = Number(positions['0']?.['offset'] ?? -1);
      let ended = false;
      return {
        next: async () => {
          await Promise.resolve();
          if (offset < 0) {
            offset = 0;
            return { done: false, value: { kind: 'opened', positions: { '0': { offset } } } };
          }
          if (ended) return { done: true, value: undefined };
          if (offset >= total) {
            ended = true;
            return { done: false, value: { kind: 'ended', partition: '0' } };
          }
          const first = offset;
          const from = first % readings.length;
          offset += size;
          const positionAfter = (count: number): { readonly offset: number } => ({ offset: first + count });
          const records = readings.slice(from, from + size);
          const batch = { partition: '0', records, bytes: 100_000, positionAfter, origin: () => undefined };
          return { done: false, value: { kind: 'batch', batch } };
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
    },
  };
}

/** What a job costs beside its steps. */
export function jobOverhead(): Race {
  const readings = someReadings(1_000_000, 1_000);
  const rows = stream(readings, { engine: 'own' })
    .eventTime('at')
    .keyBy('key')
    .tumblingWindow('10s')
    .aggregate({ mean: mean('v') });
  return {
    title: 'A job: keyed tumbling mean of 10 s',
    records: readings.length,
    // Each is short, and the difference small.
    pairs: 51,
    contestants: [
      { name: 'subscribe', run: (tally) => void rows.subscribe((row) => tally.take(row, row.mean)) },
      {
        name: 'run',
        run: async (tally) => void (await rows.to(tallySink(tally, (row: { mean: number }) => row.mean)).run()),
        target: 0.95,
      },
    ],
  };
}

/** What checkpoints cost that are taken every five seconds: a run is long enough for one, and has one more at its end. */
export async function checkpointCost(hold: (race: Race) => Promise<void>): Promise<void> {
  const readings = someReadings(1_000_000, 100_000);
  const times = 50;
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  let runs = 0;
  const run = async (tally: Tally, withStore: boolean): Promise<void> => {
    const job = stream(repeated(readings, times), { engine: 'own' })
      .keyBy('key')
      .ewma('v', { alpha: 0.2, as: 'smooth' })
      .to(tallySink(tally, (row: { smooth: number | null }) => row.smooth ?? 0));
    const name = `run-${runs++}`;
    await job.run(withStore ? { name, checkpoint: directory(folder) } : { name, every: '1h' });
  };
  try {
    await hold({
      title: 'Checkpoints every 5 s: EWMA of 100,000 keys',
      records: readings.length * times,
      pairs: 5,
      contestants: [
        { name: 'without', run: (tally) => run(tally, false) },
        { name: 'into a directory', run: (tally) => run(tally, true), target: 0.97 },
      ],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** How long a cut stops the stream, and what a checkpoint of so many keys takes. */
export async function checkpointPauses(): Promise<string> {
  const rows: string[][] = [];
  for (const keys of [10_000, 100_000, 1_000_000]) {
    const [smoothed, windowed] = [await checkpointOf(keys, false), await checkpointOf(keys, true)];
    rows.push(told('EWMA', keys, smoothed), told('tumbling mean', keys, windowed));
  }
  return table(['state', 'keys', 'the cut stops the stream, ms', 'until it is durable, ms', 'MB'], rows);
}

function told(what: string, keys: number, { pauseMs, tookMs, bytes }: CheckpointMetrics): string[] {
  return [what, keys.toLocaleString('en-US'), pauseMs.toFixed(1), tookMs.toFixed(0), (bytes / 1e6).toFixed(1)];
}

async function checkpointOf(keys: number, windowed: boolean): Promise<CheckpointMetrics> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const readings = someReadings(keys, keys);
  const keyed = stream(readings).eventTime('at').keyBy('key');
  const sink = tallySink<object>({ take: () => undefined } as unknown as Tally, () => 0);
  const job = windowed
    ? keyed
        .tumblingWindow('1d')
        .aggregate({ mean: mean('v') })
        .to(sink)
    : keyed.ewma('v', { alpha: 0.2, as: 'smooth' }).to(sink);
  let newest: CheckpointMetrics | undefined;
  job.metrics$.subscribe(({ checkpoint }) => (newest = checkpoint));
  try {
    await job.run({ checkpoint: directory(folder), every: '1h', atEnd: 'keep' });
  } finally {
    await rm(folder, { recursive: true });
  }
  return newest!;
}
