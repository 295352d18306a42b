import { ByteCursor } from './byte-cursor.ts';

/** A message of a batch, with what kafkajs asks about it. */
export interface RawMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Header | readonly Header[]>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

type Header = Buffer | null;

/** Where things stand in a batch of version 2; its length does not count what stands before its end. */
const [lengthAt, lengthEnd, magicAt, attributesAt, lastOffsetDeltaAt] = [8, 12, 16, 21, 23];
const [firstTimestampAt, maxTimestampAt, producerIdAt, countAt, recordsAt] = [27, 35, 43, 57, 61];
const [codecBits, appendTimeBit, transactionBit, controlBit] = [0x07, 0x08, 0x10, 0x20];
const noHeaders = {};

/** The batches of a partition that have come whole; nothing where they are of an old format, or of none. */
export function batchesOf(bytes: Buffer): readonly Buffer[] | undefined {
  const batches: Buffer[] = [];
  for (let at = 0; at + magicAt < bytes.length;) {
    const end = at + lengthEnd + bytes.readInt32BE(at + lengthAt);
    if (bytes[at + magicAt] !== 2 || end < at + recordsAt) return undefined;
    // Cut off: it comes whole when it is asked for.
    if (end > bytes.length) break;
    batches.push(bytes.subarray(at, end));
    at = end;
  }
  return batches;
}

export function isCompressed(batch: Buffer): boolean {
  return (batch.readInt16BE(attributesAt) & codecBits) !== 0;
}

/** The last offset that a batch had before compaction took messages out of it. */
export function lastOffsetOf(batch: Buffer): bigint {
  return batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(lastOffsetDeltaAt));
}

/** Reads the messages of a batch that is not compressed. */
export function readMessages(batch: Buffer, into: RawMessage[]): void {
  const attributes = batch.readInt16BE(attributesAt);
  const firstOffset = Number(batch.readBigInt64BE(0));
  const isExact = Number.isSafeInteger(Number(lastOffsetOf(batch)));
  const firstTimestamp = Number(batch.readBigInt64BE(firstTimestampAt));
  const appendedAt = (attributes & appendTimeBit) === 0 ? undefined : String(batch.readBigInt64BE(maxTimestampAt));
  const isControlRecord = (attributes & controlBit) !== 0;
  const producerId = String(batch.readBigInt64BE(producerIdAt));
  const batchContext = { producerId, inTransaction: (attributes & transactionBit) !== 0 };
  const cursor = new ByteCursor(batch, recordsAt);
  let said = Number.NaN;
  let timestamp = '';
  for (let left = batch.readInt32BE(countAt); left > 0; left--) {
    const length = cursor.varint();
    const end = cursor.at + length;
    // Attributes of its own, which a message does not have yet.
    cursor.at++;
    const sinceFirst = cursor.varint();
    // Neighbours often are of the same millisecond.
    if (sinceFirst !== said) timestamp = appendedAt ?? String(firstTimestamp + sinceFirst);
    said = sinceFirst;
    const delta = cursor.varint();
    const offset = isExact ? String(firstOffset + delta) : String(batch.readBigInt64BE(0) + BigInt(delta));
    const key = cursor.bytes();
    const value = cursor.bytes();
    const headers = readHeaders(cursor);
    if (cursor.at > end || end > batch.length) throw new RangeError('a message of a batch is longer than it says');
    cursor.at = end;
    into.push({ offset, timestamp, key, value, headers, isControlRecord, batchContext });
  }
}

/** A header that comes more than once is a list. */
function readHeaders(cursor: ByteCursor): RawMessage['headers'] {
  const count = cursor.varint();
  if (count <= 0) return noHeaders;
  const headers = new Map<string, Header | Header[]>();
  for (let left = count; left > 0 && !cursor.isBehind; left--) {
    const name = String(cursor.bytes() ?? '');
    const value = cursor.bytes();
    const known = headers.get(name);
    if (known === undefined) headers.set(name, value);
    else if (Array.isArray(known)) known.push(value);
    else headers.set(name, [known, value]);
  }
  return Object.fromEntries(headers);
}
