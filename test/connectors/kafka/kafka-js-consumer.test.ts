import type { ConsumerRunConfig, EachBatchPayload } from 'kafkajs';
import { expect, it } from 'vitest';
import type { KafkaClient } from '../../../connectors/kafka/driver-of.ts';
import type { FetchedBatch } from '../../../connectors/kafka/driver.ts';
import { KafkaJsConsumer } from '../../../connectors/kafka/kafkajs/kafka-js-consumer.ts';

/** A client whose consumer does nothing but keep how it was told to run. */
function clientOf(): { readonly client: KafkaClient; readonly config: () => ConsumerRunConfig } {
  let config: ConsumerRunConfig = {};
  const consumer = {
    events: {},
    on: () => {},
    connect: () => Promise.resolve(),
    subscribe: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    run: (given: ConsumerRunConfig) => {
      config = given;
      return Promise.resolve();
    },
  };
  return { client: { consumer: () => consumer } as unknown as KafkaClient, config: () => config };
}

it('a consumer hands over what was fetched, and leaves nothing of it with kafkajs', async () => {
  const { client, config } = clientOf();
  const fetched: FetchedBatch[] = [];
  const listener = {
    assigned: () => new Map(),
    fetched: (batch: FetchedBatch) => void fetched.push(batch),
    advanced: () => {},
    failed: () => {},
  };
  const options = { groupId: 'g', topics: ['t'], isolation: 'read_committed', sessionTimeoutMs: 1_000, scale: 'alone' };
  const consumer = new KafkaJsConsumer(client, options as never, listener);
  await consumer.start(3);
  expect(config().partitionsConsumedConcurrently).toBe(3);
  const messages = [{ offset: '4' }, { offset: '6' }];
  const batch = {
    topic: 't',
    partition: 1,
    fetchedOffset: '4',
    messages,
    messagesWithinOffset: messages,
    rawMessages: [...messages, { offset: '7' }],
    lastOffset: () => (batch.messagesWithinOffset.length === 0 ? 'unknown' : '7'),
  };
  const resolved: string[] = [];
  await config().eachBatch?.({
    batch,
    isRunning: () => true,
    isStale: () => false,
    resolveOffset: (offset: string) => void resolved.push(offset),
  } as unknown as EachBatchPayload);
  expect(fetched).toEqual([
    { topic: 't', partition: 1, from: '4', next: '8', messages: [{ offset: '4' }, { offset: '6' }] },
  ]);
  expect(resolved).toEqual(['7']);
  expect([batch.messages, batch.messagesWithinOffset, batch.rawMessages]).toEqual([[], [], []]);
});
