import { describe, expect, it } from 'vitest';
import { csvOptions } from '../../../core/format/csv-options.ts';
import { csvSplitter } from '../../../core/format/csv.ts';
import { textSplitter } from '../../../core/format/text.ts';
import type { Splitter } from '../../../core/format.ts';
import { heapMb, watchesHeap } from '../../support/heap.ts';
import { bytesOf, emptyCuts } from '../../support/splitting.ts';

/** Bytes that stay alive for each text when one is kept of every chunk. */
function keptBytes<T>(splitter: Splitter<T>, chunk: Uint8Array, textOf: (record: T) => string): number {
  const chunks = 500;
  const kept: string[] = [];
  const warm = emptyCuts<T>();
  splitter.push(chunk, warm);
  warm.records.length = 0;
  const before = heapMb();
  for (let count = 0; count < chunks; count++) {
    const cuts = emptyCuts<T>();
    splitter.push(chunk, cuts);
    kept.push(textOf(cuts.records[5] as T));
  }
  const bytes = ((heapMb() - before) * 2 ** 20) / chunks;
  // Nobody may clear the list before it is measured.
  expect(kept).toHaveLength(chunks);
  return bytes;
}

describe('a text that is kept', () => {
  const chunk = bytesOf('device-000000-abcdef-012345,21.5,ok\n'.repeat(1800));

  it('does not keep the chunk alive that it was read from', watchesHeap, () => {
    const rows = csvSplitter<{ id: string }>(csvOptions({ header: ['id', 'value', 'state'] }), { fields: 'all' });
    expect(keptBytes(rows, chunk, (row) => row.id)).toBeLessThan(2048);
    expect(keptBytes(textSplitter({ fields: 'all' }), chunk, (line) => line)).toBeLessThan(2048);
  });
});
