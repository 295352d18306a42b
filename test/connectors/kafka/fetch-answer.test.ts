import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FetchedPartition } from '../../../connectors/kafka/kafkajs/aborted-messages.ts';
import { type FetchAnswer, readAnswer } from '../../../connectors/kafka/kafkajs/fetch-answer.ts';
import type { RawMessage } from '../../../connectors/kafka/kafkajs/record-batch.ts';

const require = createRequire(import.meta.url);

interface Encoder {
  readonly buffer: Buffer;
}
interface Message {
  readonly delta: number;
  readonly ms: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}
interface Batch {
  readonly first: bigint;
  readonly firstTimestamp: number;
  readonly messages: readonly Message[];
  readonly bits: number;
  readonly codec: number;
}

const encodeMessage = require('kafkajs/src/protocol/recordBatch/record/v0') as (message: object) => Encoder;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Encoder>;
};
const Long = require('kafkajs/src/utils/long') as { fromValue(value: string): unknown };
const { decode } = require('kafkajs/src/protocol/requests/fetch/v11/response') as {
  decode: (raw: Buffer) => Promise<FetchAnswer>;
};

async function bytesOf({ first, firstTimestamp, messages, bits, codec }: Batch): Promise<Buffer> {
  const made = await RecordBatch({
    compression: codec,
    firstOffset: Long.fromValue(String(first)),
    firstTimestamp,
    maxTimestamp: firstTimestamp + 77,
    lastOffsetDelta: messages.length * 3,
    producerId: Long.fromValue('7'),
    records: messages.map(({ delta, ms, ...each }) =>
      encodeMessage({ ...each, offsetDelta: delta, timestampDelta: ms }),
    ),
  });
  const bytes = Buffer.from(made.buffer);
  bytes.writeInt16BE(bytes.readInt16BE(21) | bits, 21);
  return bytes;
}

/** Of version 11. */
function answerOf(partitions: readonly Buffer[]): Buffer {
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const made = partitions.flatMap((batches, partition) => [
    int(partition),
    Buffer.alloc(2 + 8 * 3),
    int(-1),
    int(-1),
    int(batches.length),
    batches,
  ]);
  return Buffer.concat([
    Buffer.alloc(10),
    int(1),
    Buffer.from([0, 1]),
    Buffer.from('t'),
    int(partitions.length),
    ...made,
  ]);
}

type Read = RawMessage & FetchedPartition['messages'][number];

/** What is read of a message. */
const seen = ({ responses }: FetchAnswer): unknown =>
  responses.map(({ partitions }) =>
    partitions.map(({ messages, ...partition }) => ({
      ...partition,
      messages: (messages as Read[]).map(
        ({ batchContext, offset, timestamp, key, value, headers, isControlRecord }) => {
          const { producerId, inTransaction } = batchContext;
          const shown = Object.entries(headers);
          return { offset, timestamp, key, value, headers: shown, isControlRecord, producerId, inTransaction };
        },
      ),
    })),
  );

const someBytes = fc.oneof(
  fc.constant(null),
  fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
);
const text = fc.string({ maxLength: 5 });
const message = fc.record({
  delta: fc.oneof(fc.nat(200), fc.nat(2 ** 30)),
  ms: fc.oneof(fc.constant(0), fc.integer({ min: -200, max: 200 }), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
  key: someBytes,
  value: someBytes,
  headers: fc.dictionary(text, fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })), { maxKeys: 3 }),
});
const batch = (codec: fc.Arbitrary<number>): fc.Arbitrary<Batch> =>
  fc.record({
    first: fc.bigInt({ min: 0n, max: 2n ** 62n }).map((each) => (each % 2n === 0n ? each >> 40n : each)),
    firstTimestamp: fc.integer({ min: 0, max: 2 ** 41 }),
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    bits: fc.constantFrom(0, 0x08, 0x10, 0x20, 0x30),
    codec,
  });

async function readBoth(partitions: readonly (readonly Batch[])[], cut = 0) {
  const sets = await Promise.all(partitions.map((batches) => Promise.all(batches.map(bytesOf))));
  const whole = sets.map((set) => Buffer.concat(set));
  const raw = answerOf(whole.map((set) => set.subarray(0, Math.max(0, set.length - cut))));
  const handed: Buffer[] = [];
  const own = await readAnswer(raw, 11, (given) => {
    handed.push(given);
    return decode(given);
  });
  return { own: seen(own), theirs: seen(await decode(raw)), isOurs: handed[0] !== raw };
}

describe('the answer to a fetch', () => {
  const partitions = (codec: fc.Arbitrary<number>) =>
    fc.array(fc.array(batch(codec), { minLength: 1, maxLength: 3 }), { maxLength: 3 });

  it('is read as kafkajs reads it', async () => {
    await fc.assert(
      fc.asyncProperty(partitions(fc.constant(0)), async (given) => {
        const { own, theirs, isOurs } = await readBoth(given);
        expect(isOurs).toBe(true);
        expect(own).toEqual(theirs);
      }),
    );
  });

  it('is read by kafkajs where a batch is compressed', async () => {
    await fc.assert(
      fc.asyncProperty(partitions(fc.constantFrom(0, 1)), async (given) => {
        const { own, theirs, isOurs } = await readBoth(given);
        expect(isOurs).toBe(given.flat().every(({ codec }) => codec === 0));
        expect(own).toEqual(theirs);
      }),
      { numRuns: 30 },
    );
  });

  it('has nothing of a batch that is cut off', async () => {
    const one = (first: bigint): Batch => {
      const messages = [{ delta: 0, ms: 0, key: null, value: Buffer.from('a'), headers: {} }];
      return { first, firstTimestamp: 1, messages, bits: 0, codec: 0 };
    };
    const { own, theirs } = await readBoth([[one(1n), one(2n)]], 1);
    expect(own).toEqual(theirs);
    expect(own).toMatchObject([[{ messages: [{ offset: '1' }] }]]);
  });

  it('fails where a message is longer than its batch', async () => {
    const messages = [{ delta: 0, ms: 0, key: null, value: Buffer.from('abc'), headers: {} }];
    const bytes = await bytesOf({ first: 0n, firstTimestamp: 1, messages, bits: 0, codec: 0 });
    for (const wrong of [0x7e, 0x04]) {
      const broken = Buffer.from(bytes);
      broken[61] = wrong;
      await expect(readAnswer(answerOf([broken]), 11, decode)).rejects.toThrow('longer than it says');
    }
  });
});
