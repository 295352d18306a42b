import type { Positions } from '../../core/batch.ts';
import type { Source, SourceRequest } from '../../core/source.ts';
import { type Reading, readUntil, requestOf } from './connector-contract.ts';

/** All that a source with an end hands over. */
export async function readAll<T>(source: Source<T>, request: Partial<SourceRequest> = {}): Promise<Reading<T>> {
  const reader = source.open(requestOf(request));
  try {
    return await readUntil(reader, () => false);
  } finally {
    await reader.close();
  }
}

/** The positions behind all that was read, as a checkpoint keeps them. */
export function lastPositions(read: Reading<unknown>): Positions {
  const positions: Record<string, Positions[string]> = {};
  for (const batch of read.batches) positions[batch.partition] = batch.positionAfter(batch.records.length);
  return JSON.parse(JSON.stringify(positions)) as Positions;
}
