import type { FetchedPartition } from './aborted-messages.ts';
import { batchesOf, isCompressed, lastOffsetOf, type RawMessage, readMessages } from './record-batch.ts';

/** What kafkajs has made of the answer to a fetch. */
export interface FetchAnswer {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}

/** Of an aborted transaction: who began it, and where. */
const abortedBytes = 16;

/**
 * Reads the answer to a fetch. kafkajs takes most of its time for the messages, so we read those ourselves: it is handed the
 * answer without them, and with them only where they are compressed or of an old format.
 */
export async function readAnswer(
  raw: Buffer,
  version: number,
  decode: (raw: Buffer) => Promise<FetchAnswer>,
): Promise<FetchAnswer> {
  // Brokers that answer so have none but old formats.
  if (version < 4) return await decode(raw);
  const places = placesOfRecords(raw, version);
  const sets = places.map(({ from, to }) => batchesOf(raw.subarray(from, to)));
  const isOurs = sets.every((batches) => batches?.every((batch) => !isCompressed(batch)));
  const answer = await decode(isOurs ? withoutRecords(raw, places) : raw);
  const partitions = answer.responses.flatMap((each) => each.partitions);
  partitions.forEach((partition, place) => {
    const batches = sets[place] ?? [];
    if (isOurs) partition.messages = messagesOf(batches);
    if (partition.messages.length === 0) partition.messages = markerBehind(batches);
  });
  return answer;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where the batches of each partition stand, in the versions of the answer that kafkajs knows. */
function placesOfRecords(raw: Buffer, version: number): readonly Place[] {
  const places: Place[] = [];
  let at = version >= 7 ? 4 + 2 + 4 : 4;
  const count = (): number => {
    at += 4;
    return raw.readInt32BE(at - 4);
  };
  for (let topics = count(); topics > 0; topics--) {
    at += 2 + raw.readInt16BE(at);
    for (let partitions = count(); partitions > 0; partitions--) {
      at += 4 + 2 + 8 + 8 + (version >= 5 ? 8 : 0);
      const aborted = Math.max(0, count());
      at += aborted * abortedBytes + (version >= 11 ? 4 : 0);
      const size = Math.max(0, count());
      places.push({ from: at, to: at + size });
      at += size;
    }
  }
  return places;
}

function withoutRecords(raw: Buffer, places: readonly Place[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { from, to } of places) {
    // Their size stands before them.
    pieces.push(raw.subarray(at, from - 4), Buffer.alloc(4));
    at = to;
  }
  return Buffer.concat([...pieces, raw.subarray(at)]);
}

function messagesOf(batches: readonly Buffer[]): RawMessage[] {
  const messages: RawMessage[] = [];
  for (const batch of batches) readMessages(batch, messages);
  return messages;
}

/**
 * Compaction leaves batches without a message where it has to remember the sequence of a producer. kafkajs makes nothing of
 * them: where a fetch brings nothing else, because the batch behind is larger than a fetch, it asks for the same again, for
 * ever. A marker in their place, which nobody reads, has it go on behind them.
 */
function markerBehind(batches: readonly Buffer[]): FetchedPartition['messages'] {
  const last = batches.at(-1);
  return last === undefined ? [] : [{ offset: String(lastOffsetOf(last)), key: null, isControlRecord: true }];
}
