import { mean, stream } from 'millrace';
import type { Race, Tally } from './method.ts';

const records = Array.from({ length: 1_000 }, (_, i) => ({ at: i, key: `d${i % 100}`, v: i / 3 }));

/** Copies are kept by the options of the chain's steps: another size is another chain, and needs a copy of its own. */
let sizes = 10_000;

export const firstRecords: Race = {
  title: 'A chain and its first 1,000 records',
  records: records.length,
  unit: 'µs',
  pairs: 51,
  contestants: [
    { name: 'shared engine', run: (tally) => start('shared', sizes++, tally) },
    { name: 'own copy, new', run: (tally) => start('own', sizes++, tally) },
    { name: 'own copy, kept from a chain alike', run: (tally) => start('own', 5_000, tally) },
  ],
};

function start(engine: 'own' | 'shared', size: number, tally: Tally): void {
  stream(records, { engine })
    .eventTime('at')
    .keyBy('key')
    .tumblingWindow(size)
    .aggregate({ mean: mean('v') })
    .subscribe((row) => tally.take(row, row.mean));
}
