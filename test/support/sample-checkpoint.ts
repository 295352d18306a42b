import type { Checkpoint } from '../../core/checkpoint.ts';
import { Counts } from '../../core/ledger.ts';

/** A checkpoint with something of everything in it. */
export function sampleCheckpoint(id: string, more: Partial<Checkpoint> = {}): Checkpoint {
  return {
    id,
    standing: 'committed',
    finished: false,
    positions: { 'readings.csv': { '0': { file: 'readings.csv', state: { offset: 12, line: 3 } } } },
    snapshot: {
      version: 1,
      slots: [{ input: 'readings.csv', partition: '0', watermark: -Infinity }],
      steps: {
        'window#2': {
          operator: 'tumblingWindow',
          version: 3,
          state: [
            { now: 5, sums: new Float64Array([1, 2, Number.NaN]), keys: ['a', null, 7n, new Date(0), { id }] },
            { held: new Map([['x', new Set([undefined])]]) },
          ],
        },
        empty: { operator: 'ewma', version: 1, state: [] },
      },
    },
    tallies: { cast: Object.assign({}, new Counts(), { passed: 3 }) },
    sinks: { 'out.csv': { outputs: [{ path: 'out.csv', bytes: 7 }] } },
    ...more,
  };
}
