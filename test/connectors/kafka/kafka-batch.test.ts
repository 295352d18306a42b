import { describe, expect, it } from 'vitest';
import { decodingOf } from '../../../connectors/kafka/decoding.ts';
import { fromKafkaSettings } from '../../../connectors/kafka/source-options.ts';
import { KafkaBatch } from '../../../connectors/kafka/kafka-batch.ts';
import type { KafkaMessage } from '../../../connectors/kafka/kafka-message.ts';
import { json } from '../../../core/format/json.ts';
import { fakeDriver } from '../../support/kafka/fake-driver.ts';

type Record = (value: unknown, message: KafkaMessage) => unknown;

/** A batch of messages with these offsets. */
async function batchOf(
  messages: readonly (readonly [offset: string, value: string])[],
  fields: readonly string[],
  record?: Record,
) {
  const settings = fromKafkaSettings({
    kafka: fakeDriver().driver as never,
    topic: 't',
    groupId: 'g',
    from: 'earliest',
    value: json<unknown>(),
    ...(record === undefined ? {} : { record }),
  });
  const fetched = messages.map(([offset, value]) => ({ offset, timestamp: '0', key: null, value: Buffer.from(value) }));
  const [first = '0', last = '0'] = [messages[0]?.[0], messages.at(-1)?.[0]];
  const place = { topic: 't', partition: 3, from: first, next: String(BigInt(last) + 5n) };
  return await new KafkaBatch('t/3', { ...place, messages: fetched }, {}).decode(decodingOf(settings, fields));
}

describe('the records of a fetch', () => {
  it.each([
    ['one after the other', ['9', '10', '11', '12']],
    ['with gaps', ['9', '10', '4611686018427387905', '4611686018427387907']],
  ])('know where they stood: %s', async (_name, offsets) => {
    const values = ['1', '{', '2', '3'];
    const batch = await batchOf(
      offsets.map((offset, index) => [offset, values[index]!]),
      [],
    );
    expect(batch.records).toEqual([1, 2, 3]);
    expect([-1, 0, 1, 2, 3].map((index) => batch.origin(index)?.['offset'])).toEqual([
      undefined,
      offsets[0],
      offsets[2],
      offsets[3],
      undefined,
    ]);
    expect(batch.unreadable).toMatchObject([{ before: 1, value: '{', origin: { offset: '10' } }]);
    expect([0, 1, 2, 3].map((count) => batch.positionAfter(count))).toEqual(
      [offsets[0], '10', String(BigInt(offsets[2]!) + 1n), String(BigInt(offsets[3]!) + 5n)].map((offset) => ({
        offset,
      })),
    );
  });

  it('are none where a fetch has brought none', async () => {
    const batch = await batchOf([], []);
    expect([batch.records, batch.origin(0), batch.positionAfter(0)]).toEqual([[], undefined, { offset: '5' }]);
  });

  it('have the fields that the chain reads; a `record` of the user is shown all', async () => {
    const message = ['0', '{"id":1,"at":2,"more":3}'] as const;
    expect((await batchOf([message], ['id'])).records).toEqual([{ id: 1 }]);
    expect((await batchOf([message], ['id'], (value) => value)).records).toEqual([{ id: 1, at: 2, more: 3 }]);
  });
});
