import { describe, expect, it } from 'vitest';
import { balances } from '../../../core/ledger.ts';
import type { Stream } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import { heapMb, watchesHeap } from '../../support/heap.ts';

interface Reading {
  readonly at: number;
  readonly text: string;
}

const records = Number(process.env['MILLRACE_RECORDS'] ?? 100_000);

/** Time stands still: one partition never speaks, so nothing that waits for its time may go. */
describe('records that wait for a time that does not come', () => {
  it(`are never more than \`maxHeld\`, over ${records} records`, watchesHeap, () => {
    const driver = drive(
      (input: Stream<Reading>) => input.eventTime('at').keyBy('text').sortByTime({ maxHeld: 1_000 }),
      { partitions: ['speaks', 'is silent'] },
    );
    const heaps: number[] = [];
    let rows = 0;
    for (let index = 0; index < records; index++) {
      driver.push({ at: index ^ 7, text: `record ${index}` }, { partition: 'speaks' });
      if (index % 1_000 === 999) rows += driver.take().length;
      if (index % (records / 10) === 0 && index >= records / 2) heaps.push(heapMb());
    }
    const line = driver.ledger.find(({ step }) => step === 'sortByTime')!;
    expect(line).toMatchObject({ in: records, held: 1_000, passed: records - 1_000, hurried: records - 1_000 });
    expect([rows, balances(line)]).toEqual([records - 1_000, true]);
    expect(Math.max(...heaps) - (heaps[0] as number)).toBeLessThan(0.5);
  });
});
