import type { PartitionAssigner } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { FetchedPartition } from '../../../connectors/kafka/kafkajs/aborted-messages.ts';
import { readAnswer } from '../../../connectors/kafka/kafkajs/fetch-answer.ts';
import { wholeFetches } from '../../../connectors/kafka/kafkajs/whole-fetches.ts';

const int = (bytes: 2 | 4 | 8, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, Math.max(0, bytes - 6), Math.min(6, bytes));
  return buffer;
};

/** A batch of these offsets, of which nothing matters but its head. */
function batch(first: number, last: number, { magic = 2, length = 61, attributes = 0 } = {}): Buffer {
  const head = [
    int(8, first),
    int(4, length - 12),
    int(4, 0),
    Buffer.of(magic),
    int(4, 0),
    int(2, attributes),
    int(4, last - first),
  ];
  return Buffer.concat([...head, Buffer.alloc(61)]).subarray(0, length);
}

/** An answer to a fetch: partitions of one topic, with so many aborted transactions, and their batches. */
function answer(
  version: number,
  partitions: readonly { readonly aborted: number; readonly batches: Buffer }[],
): Buffer {
  const made = partitions.map(({ aborted, batches }, partition) => [
    int(4, partition),
    int(2, 0),
    Buffer.alloc(version >= 5 ? 24 : 16),
    int(4, aborted === 0 ? -1 : aborted),
    Buffer.alloc(aborted * 16),
    ...(version >= 11 ? [int(4, -1)] : []),
    int(4, batches.length),
    batches,
  ]);
  const topic = [int(2, 3), Buffer.from('abc'), int(4, partitions.length), ...made.flat()];
  return Buffer.concat([int(4, 0), ...(version >= 7 ? [int(2, 0), int(4, 0)] : []), int(4, 1), ...topic]);
}

const none = (count: number): readonly FetchedPartition[] => Array.from({ length: count }, () => ({ messages: [] }));

describe('batches without messages', () => {
  it.each([4, 5, 6, 7, 10, 11])('are markers behind which reading goes on, in version %i', async (version) => {
    const large = batch(8, 20, { length: 5_000 });
    const raw = answer(version, [
      { aborted: 2, batches: batch(0, 1) },
      { aborted: 0, batches: Buffer.concat([batch(3, 5), batch(6, 7), large.subarray(0, 100)]) },
      { aborted: 1, batches: Buffer.concat([batch(4, 9), batch(10, 12)]) },
      { aborted: 0, batches: Buffer.alloc(0) },
      { aborted: 0, batches: large.subarray(0, 40) },
    ]);
    const partitions = none(5);
    await readAnswer(raw, version, () => Promise.resolve({ responses: [{ partitions }] }));
    expect(
      partitions.map(({ messages }) => messages.map(({ offset, isControlRecord }) => [offset, isControlRecord])),
    ).toEqual([[['1', true]], [['7', true]], [['12', true]], [], []]);
  });

  it('are none in the formats of old brokers', async () => {
    const raw = answer(4, [{ aborted: 0, batches: batch(0, 1, { magic: 1 }) }]);
    const partitions = none(1);
    const handed: Buffer[] = [];
    const decode = (given: Buffer) => {
      handed.push(given);
      return Promise.resolve({ responses: [{ partitions }] });
    };
    await readAnswer(raw, 4, decode);
    await readAnswer(raw, 3, decode);
    expect([partitions, handed]).toEqual([[{ messages: [] }], [raw, raw]]);
  });
});

describe('the fetches of a consumer', () => {
  /** A cluster as kafkajs hands it to assigners, whose only broker answers with this. */
  function clusterOf(raw: Buffer, partitions: readonly FetchedPartition[]) {
    const made = {
      request: { apiVersion: 11 },
      response: { decode: () => Promise.resolve({ responses: [{ partitions }] }) },
    };
    const broker = {
      lookupRequest: () => () => made,
      fetch: (): Promise<unknown> =>
        broker
          .lookupRequest()()
          .response.decode.call(undefined, ...([raw] as unknown as [])),
    };
    return { broker, cluster: { findBroker: () => Promise.resolve(broker) } };
  }

  const assigner = (() => ({})) as unknown as PartitionAssigner;

  it.each([
    [
      'read_committed',
      [
        ['1', true],
        ['2', true],
      ],
    ],
    [
      'read_uncommitted',
      [
        ['1', undefined],
        ['2', true],
      ],
    ],
  ] as const)('are mended, and nothing else of the client: %s', async (isolation, expected) => {
    const batchContext = { producerId: '7', inTransaction: true };
    const first: FetchedPartition = {
      abortedTransactions: [{ producerId: '7', firstOffset: '1' }],
      messages: [{ offset: '1', key: null, batchContext }],
    };
    const second: FetchedPartition = { messages: [] };
    const raw = answer(11, [
      { aborted: 1, batches: batch(1, 1, { attributes: 1 }) },
      { aborted: 0, batches: batch(0, 2) },
    ]);
    const { broker, cluster } = clusterOf(raw, [first, second]);
    const { lookupRequest } = broker;
    wholeFetches(assigner, isolation)({ cluster } as unknown as Parameters<PartitionAssigner>[0]);
    await cluster.findBroker();
    const found = await cluster.findBroker();
    await found.fetch();
    const all = [...first.messages, ...second.messages];
    expect(all.map(({ offset, isControlRecord }) => [offset, isControlRecord])).toEqual(expected);
    expect(broker.lookupRequest).toBe(lookupRequest);
  });

  it('of another version of kafkajs are refused', async () => {
    const of = (cluster: object) =>
      wholeFetches(assigner, 'read_committed')({ cluster } as Parameters<PartitionAssigner>[0]);
    expect(() => of({})).toThrowError('2.2.4');
    const strange = { findBroker: () => Promise.resolve({ fetch: () => Promise.resolve({ responses: [] }) }) };
    of(strange);
    await expect((await strange.findBroker()).fetch()).rejects.toThrowError('2.2.4');
  });
});
