import type { FetchedPartition } from './aborted-messages.ts';

/** What kafkajs has made of the answer to a fetch. */
export interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}

/** The sizes of what stands before the batches of a partition, in the versions of the answer that kafkajs knows. */
const abortedBytes = 16;
/** Of a batch: its offset and its length, which does not count the two. */
const batchHeadBytes = 12;
const magicAt = 16;
const lastOffsetDeltaAt = 23;

/**
 * Compaction leaves batches without a message where it has to remember the sequence of a producer. kafkajs makes nothing of
 * them: where a fetch brings nothing else, because the batch behind is larger than a fetch, it asks for the same again, for
 * ever. A marker in their place, which nobody reads, has it go on behind them.
 */
export function markEmptyBatches(raw: Buffer, version: number, { responses }: FetchAnswer): void {
  // Older brokers have no compaction of such batches.
  if (version < 4) return;
  let at = version >= 7 ? 4 + 2 + 4 : 4;
  at += 4;
  for (const { partitions } of responses) {
    at += 2 + raw.readInt16BE(at) + 4;
    for (const partition of partitions) {
      at += 4 + 2 + 8 + 8 + (version >= 5 ? 8 : 0);
      at += 4 + Math.max(0, raw.readInt32BE(at)) * abortedBytes + (version >= 11 ? 4 : 0);
      const size = Math.max(0, raw.readInt32BE(at));
      at += 4;
      if (partition.messages.length === 0) markBehind(partition, raw.subarray(at, at + size));
      at += size;
    }
  }
}

function markBehind(partition: FetchedPartition, batches: Buffer): void {
  let last: bigint | undefined;
  for (let at = 0; at + lastOffsetDeltaAt + 4 <= batches.length;) {
    const end = at + batchHeadBytes + batches.readInt32BE(at + 8);
    // Cut off: it comes whole when it is asked for. Before version 2 a batch was a message.
    if (end > batches.length || batches[at + magicAt] !== 2) break;
    last = batches.readBigInt64BE(at) + BigInt(batches.readInt32BE(at + lastOffsetDeltaAt));
    at = end;
  }
  if (last !== undefined) partition.messages.push({ offset: String(last), key: null, isControlRecord: true });
}
