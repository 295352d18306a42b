import { serialize } from 'node:v8';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { plainSnapshot } from '../../../core/plain-snapshot.ts';
import { layOut } from '../../../core/layout.ts';
import { Pipeline } from '../../../core/pipeline.ts';
import { timestampsAsTheyAre } from '../../../operators/time/timestamps-as-they-are.ts';
import { parts } from '../../../src/engine/parts.ts';
import { collect, count, max, type Stream, stream } from '../../../src/index.ts';
import { linkOfStream } from '../../../src/stream.ts';
import { heapMb, watchesHeap } from '../../support/heap.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
}

const records = Number(process.env['MILLRACE_RECORDS'] ?? 150_000);
const batch = 1_000;

/** A new key with every other record; each comes for some thousand records and never again. */
function reading(index: number, at: number): Reading {
  return { at, id: `device ${Math.floor(index / 2) + (index % 1_000)}` };
}

const limits = { maxKeys: 1_000, ttl: 5_000 };
/** One of each kind: a number, a list, and one from which nothing can be subtracted. */
const aggregate = { n: count(), at: collect('at'), newest: max('at') };
type Chain = (input: Stream<Reading>) => Observable<unknown>;

/** Most of these windows do not fire within the time of the test. */
const chains: Readonly<Record<string, Chain>> = {
  countWindow: (input) => input.countWindow({ size: 1_000, ...limits }).aggregate(aggregate),
  'countWindow with a slide': (input) => input.countWindow({ size: 1_000, slide: 300, ...limits }).aggregate(aggregate),
  globalWindow: (input) => input.globalWindow(limits).aggregate(aggregate),
  'globalWindow with early rows': (input) =>
    input.globalWindow({ early: { every: '1d', time: 'processing' }, ...limits }).aggregate(aggregate),
  'globalWindow with rows of event time': (input) =>
    input.globalWindow({ early: { every: '1d' }, ...limits }).aggregate(aggregate),
  sessionWindow: (input) => input.sessionWindow({ gap: '1d', ...limits }).aggregate(aggregate),
  tumblingWindow: (input) => input.tumblingWindow('1d', limits).aggregate(aggregate),
  'tumblingWindow with early rows': (input) =>
    input.tumblingWindow('1d', { early: { every: '1h', time: 'processing' }, ...limits }).aggregate(aggregate),
  'tumblingWindow with empty ones': (input) =>
    input.tumblingWindow('1s', { empty: true, ...limits }).aggregate(aggregate),
  slidingWindow: (input) => input.slidingWindow({ size: '1d', slide: '1h', ...limits }).aggregate(aggregate),
  'slidingWindow of which some slices have left': (input) =>
    input.slidingWindow({ size: '1200ms', slide: '200ms', ...limits }).aggregate(aggregate),
};

/** Without limits: these fire, and forget their keys. */
const firing: Readonly<Record<string, Chain>> = {
  tumblingWindow: (input) => input.tumblingWindow('1s').aggregate(aggregate),
  'tumblingWindow with late and early rows': (input) =>
    input
      .tumblingWindow('1s', { allowedLateness: '2s', early: { count: 3 }, panes: 'discarding' })
      .aggregate(aggregate),
  'tumblingWindow with early rows of event time': (input) =>
    input.tumblingWindow('1s', { early: { every: 300 } }).aggregate(aggregate),
  slidingWindow: (input) => input.slidingWindow({ size: '2s', slide: '500ms' }).aggregate(aggregate),
  'slidingWindow with late rows': (input) =>
    input.slidingWindow({ size: '2s', slide: '500ms', allowedLateness: '1s' }).aggregate(aggregate),
  cumulativeWindow: (input) => input.cumulativeWindow({ size: '2s', step: '500ms' }).aggregate(aggregate),
  calendarWindow: (input) => input.calendarWindow({ every: 'hour', zone: 'Asia/Kolkata' }).aggregate(aggregate),
  sessionWindow: (input) => input.sessionWindow({ gap: '1s' }).aggregate(aggregate),
  'sessionWindow with late and early rows': (input) =>
    input.sessionWindow({ gap: '1s', allowedLateness: '1s', early: { every: 300 } }).aggregate(aggregate),
  'countWindow of one': (input) => input.countWindow({ size: 1 }).aggregate(aggregate),
};

interface Growth {
  readonly rows: number;
  readonly evicted: number;
  /** From the middle on, at times that are as far apart: heap, and what a checkpoint would hold, in MB. */
  readonly heaps: readonly number[];
  readonly snapshots: readonly number[];
}

function growthOf(chain: Chain, timeOf: (index: number) => number): Growth {
  const built = chain((stream([]) as unknown as Stream<Reading>).eventTime('at').keyBy('id'));
  const told = { rows: 0, evicted: 0 };
  const pipeline = new Pipeline(
    layOut([linkOfStream(built)!], timestampsAsTheyAre).plan,
    {
      clock: { now: () => 0, wakeAt: () => () => {} },
      outlets: [{ next: () => void told.rows++ }],
      reject: () => void told.evicted++,
      fail: (cause) => {
        throw cause;
      },
    },
    parts,
  );
  const head = pipeline.heads[0]!;
  const slot = head.partition('0');
  const [heaps, snapshots]: [number[], number[]] = [[], []];
  for (let from = 0; from < records; from += batch) {
    const list = Array.from({ length: batch }, (_, index) => reading(from + index, timeOf(from + index)));
    for (let swept = 0; swept < batch; pipeline.finish()) swept += head.sweep(list, swept, batch, slot) - swept;
    if ((from / batch) % (records / batch / 10) !== 0 || from < records / 2) continue;
    heaps.push(heapMb());
    snapshots.push(serialize(plainSnapshot(pipeline.snapshot())).byteLength / 2 ** 20);
  }
  return { ...told, heaps, snapshots };
}

/** A number for each record that comes while it is watched would be 0.6; in a snapshot there is nothing of the compiler's. */
const most = { heapMb: 0.5, snapshotMb: 0.3 };

function spread(numbers: readonly number[]): number {
  return Math.max(...numbers) - (numbers[0] as number);
}

describe('windows with limits', () => {
  it.each(Object.keys(chains))(`%s keep what 1,000 keys have, over ${records} records`, watchesHeap, (name) => {
    const { evicted, heaps, snapshots } = growthOf(chains[name]!, (index) => index);
    expect(evicted).toBeGreaterThan(records / 10);
    expect(spread(heaps)).toBeLessThan(most.heapMb);
    expect(spread(snapshots)).toBeLessThan(most.snapshotMb);
  });
});

describe('windows without limits', () => {
  it.each(Object.keys(firing))(`%s forget keys that move on, over ${records} records`, watchesHeap, (name) => {
    // Of a calendar the least is an hour.
    const by = name === 'calendarWindow' ? 3_600 : 1;
    const { rows, evicted, heaps, snapshots } = growthOf(firing[name]!, (index) => index * by);
    expect([rows > records / 4, evicted]).toEqual([true, 0]);
    expect(spread(heaps)).toBeLessThan(most.heapMb);
    expect(spread(snapshots)).toBeLessThan(most.snapshotMb);
  });
});
