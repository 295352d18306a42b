import { describe, expect, it } from 'vitest';
import { layOut } from '../../../core/layout.ts';
import { Pipeline } from '../../../core/pipeline.ts';
import type { KeyTableState } from '../../../core/key.ts';
import { plainSnapshot } from '../../../core/plain-snapshot.ts';
import { timestampsAsTheyAre } from '../../../operators/time/timestamps-as-they-are.ts';
import { parts } from '../../../src/engine/parts.ts';
import { count, type Stream, stream } from '../../../src/index.ts';
import { linkOfStream } from '../../../src/stream.ts';
import { heapMb } from '../../support/heap.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
  readonly t: number | null;
}

/** Ten million by hand: MILLRACE_RECORDS=10000000. */
const records = Number(process.env['MILLRACE_RECORDS'] ?? 1_000_000);
const batch = 1_000;

/** A new key every five records; each comes for 5,000 records and never again. */
function reading(index: number): Reading {
  return {
    at: index - (index % 7) * 3,
    id: `device ${Math.floor(index / 5) + (index % 1_000)}`,
    t: index % 9 === 0 ? null : index,
  };
}

describe('state with keys that move on', () => {
  it(`stays as large as it is over ${records} records`, { timeout: 600_000 }, () => {
    const chain = (stream([]) as unknown as Stream<Reading>)
      .eventTime('at', { outOfOrderness: 100 })
      .keyBy('id')
      .sortByTime()
      .fillMissing({ t: 'previous' }, { ttl: 10_000 })
      .ewma('t', { alpha: 0.1, as: 'smooth', ttl: 10_000 })
      .movingAverage('t', { over: 5, as: 'moving', maxKeys: 2_000 })
      .tumblingWindow(1_000)
      .aggregate({ n: count() });
    let rows = 0;
    let evicted = 0;
    const pipeline = new Pipeline(
      layOut([linkOfStream(chain)!], timestampsAsTheyAre).plan,
      {
        clock: { now: () => 0, wakeAt: () => () => {} },
        outlets: [{ next: () => void rows++ }],
        reject: () => void evicted++,
        fail: (cause) => {
          throw cause;
        },
      },
      parts,
    );
    const head = pipeline.heads[0]!;
    const slot = head.partition('0');
    const sizes: Record<string, number>[] = [];
    const heaps: number[] = [];
    for (let from = 0; from < records; from += batch) {
      const list = Array.from({ length: batch }, (_, index) => reading(from + index));
      for (let swept = 0; swept < batch; pipeline.finish()) swept += head.sweep(list, swept, batch, slot) - swept;
      if ((from / batch) % (records / batch / 10) !== 0 || from < records / 5) continue;
      sizes.push(keysOf(pipeline));
      heaps.push(heapMb());
    }
    const [first] = sizes;
    console.log(
      `${rows} rows, ${evicted} evicted; keys ${JSON.stringify(sizes.at(-1))}; MB ${heaps.map((mb) => mb.toFixed(1)).join(' ')}`,
    );
    expect(first).toMatchObject({ movingAverage: 2_000 });
    for (const each of sizes) {
      expect(each['ewma']).toBeLessThan(4_500);
      expect(each['fillMissing']).toBeLessThan(4_500);
      expect(each['keyBy']).toBeLessThan(20_000);
    }
    expect(evicted).toBeGreaterThan((3 * records) / 5 - 20_000);
    expect(Math.max(...heaps) - (heaps[0] as number)).toBeLessThan(8);
  });
});

/** By step: how many keys have state. */
function keysOf(pipeline: Pipeline): Record<string, number> {
  const { steps } = plainSnapshot(pipeline.snapshot());
  const withState = (name: string): number => (steps[name]!.state[0]!['keys'] as Int32Array).length;
  return {
    keyBy: (steps['keyBy']!.state[0] as unknown as KeyTableState).ids.length,
    fillMissing: withState('fillMissing'),
    ewma: withState('ewma'),
    movingAverage: withState('movingAverage'),
  };
}
