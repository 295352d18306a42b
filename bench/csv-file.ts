import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { csv, type EngineChoice, mean, stream } from 'millrace';
import { fromFile } from 'millrace/connectors/files';
import { from, lastValueFrom, map, tap } from 'rxjs';
import type { Contestant, Race } from './method.ts';
import { meanInRxjs, windowsInRxjs } from './windows-in-rxjs.ts';

const weekMs = 7 * 24 * 3_600_000;
const stations = 20;
const hours = 10_000;

/** What stands beside the three fields that are read: a row of some 60 bytes, and one of some 150 as sensors write them. */
const shapes = [
  { title: 'CSV file of 6 columns: weekly mean by station', more: [] },
  {
    title: 'CSV file of 15 columns: weekly mean by station',
    more: ['pressure', 'dew', 'gust', 'rain', 'snow', 'cloud', 'battery', 'firmware', 'operator'],
  },
] as const;

/** Writes a file, has the race held over it, and takes it away again: once for each shape. */
export async function csvFiles(hold: (race: Race) => Promise<void>): Promise<void> {
  for (const { title, more } of shapes) await csvFile(title, more, hold);
}

async function csvFile(title: string, more: readonly string[], hold: (race: Race) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const path = join(folder, 'readings.csv');
  try {
    await writeFile(path, readings(more));
    await hold({
      title,
      records: stations * hours,
      contestants: [
        { name: 'csv-parse and RxJS', run: inRxjs(path) },
        { name: 'millrace, shared engine', run: inMillrace(path, 'shared'), target: 10 },
        { name: 'millrace, own copy', run: inMillrace(path, 'own'), target: 10 },
      ],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function inMillrace(path: string, engine: EngineChoice): Contestant['run'] {
  const rows = stream(fromFile(path, { format: csv() }), { engine })
    .cast({ at: 'timestamp', temperature: 'number' })
    .eventTime('at')
    .keyBy('station')
    .tumblingWindow('7d')
    .aggregate({ mean: mean('temperature') });
  return async (tally) => {
    await rows.forEach((row) => tally.take(row, row.mean));
  };
}

function inRxjs(path: string): Contestant['run'] {
  return async (tally) => {
    const records = createReadStream(path).pipe(parse({ columns: true })) as AsyncIterable<Record<string, string>>;
    const rows = from(records).pipe(
      map(({ at, station, temperature }) => ({ at: Date.parse(at!), key: station!, v: Number(temperature) })),
      windowsInRxjs({ size: weekMs, outOfOrderness: 0, ...meanInRxjs }),
      tap((row) => tally.take(row, row.result)),
    );
    await lastValueFrom(rows);
  };
}

/** One reading an hour of each station; a note in quotes now and then. */
function readings(more: readonly string[]): string {
  const lines = [['at,station,temperature,humidity,wind,note', ...more].join(',')];
  for (let hour = 0; hour < hours; hour++) {
    const at = new Date(Date.UTC(2024, 0, 1) + hour * 3_600_000).toISOString();
    for (let station = 0; station < stations; station++) {
      const i = hour * stations + station;
      const note = i % 50 === 0 ? '"rain, then sun"' : 'dry';
      const others = more.map((name, column) =>
        column < 6 ? `,${((i * 7 + column) % 1_013) / 10}` : `,${name}-${i % 9}`,
      );
      const temperature = (10 + (i % 97) / 7).toFixed(2);
      lines.push(`${at},station-${station},${temperature},${30 + (i % 61)},${(i % 41) / 4},${note}${others.join('')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
