import type { Message } from 'kafkajs';
import { partitionOfKey } from '../../../connectors/kafka/murmur2.ts';
import { randomFrom } from '../random.ts';

/** What the programs of these tests read. */
export interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number;
}

/** What they write for each window of a key. */
export interface WindowRow {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly mean: number;
  readonly max: number;
  readonly n: number;
  readonly smooth: number;
}

/** Readings of 50 keys, a third of them out of order by less than the windows wait for. */
export function readings(count: number, seed: number): readonly Reading[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => {
    const late = random() < 0.3 ? 1_500 : 0;
    const at = 1_700_000_000_000 + index * 20 - late;
    return { key: `k${Math.floor(random() * 50)}`, at, v: Math.round(random() * 100_000) / 1_000 };
  });
}

/** The windows of 10 s of each key with their averages, by a plain loop. */
export function expectedRows(all: readonly Reading[]): ReadonlyMap<string, readonly WindowRow[]> {
  const windows = new Map<string, Map<number, number[]>>();
  for (const { key, at, v } of all) {
    const start = Math.floor(at / 10_000) * 10_000;
    const own = windows.get(key) ?? new Map<number, number[]>();
    windows.set(key, own.set(start, [...(own.get(start) ?? []), v]));
  }
  return new Map([...windows].map(([key, own]) => [key, rowsOf(key, own)]));
}

function rowsOf(key: string, windows: ReadonlyMap<number, readonly number[]>): readonly WindowRow[] {
  let smooth: number | undefined;
  return [...windows]
    .toSorted(([a], [b]) => a - b)
    .map(([windowStart, values]) => {
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      smooth = smooth === undefined ? mean : 0.3 * mean + 0.7 * smooth;
      const windowEnd = windowStart + 10_000;
      return { key, windowStart, windowEnd, mean, max: Math.max(...values), n: values.length, smooth };
    });
}

/** As messages, each in the partition of its key. */
export function readingMessages(all: readonly Reading[], partitions: number): readonly Message[] {
  return all.map((reading) => {
    const key = Buffer.from(reading.key);
    const partition = partitionOfKey(key, partitions);
    return { key, partition, value: JSON.stringify(reading), timestamp: String(reading.at) };
  });
}
