import { type Kafka, type Message, PartitionAssigners, type PartitionerArgs } from 'kafkajs';
import { wholeFetches } from '../../../connectors/kafka/kafkajs/whole-fetches.ts';
import { kafkaClient, uniqueName } from './test-topic.ts';

/** Sends messages with a client of its own, each to the partition that it names. */
export async function send(topic: string, messages: readonly Message[], kafka: Kafka = kafkaClient()): Promise<void> {
  // Idempotent: the leaders of a fresh topic may not be ready, and a retry would send again what they have taken.
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner: partitioner });
  await producer.connect();
  for (let from = 0; from < messages.length; from += 5_000) {
    await producer.send({ topic, messages: messages.slice(from, from + 5_000) });
  }
  await producer.disconnect();
}

export interface ReadMessage {
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/** All that a reader of committed messages finds in a topic now, by kafkajs with the one mend that it needs. */
export async function readTopic(topic: string, kafka: Kafka = kafkaClient()): Promise<readonly ReadMessage[]> {
  const groupId = uniqueName('reader');
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    partitionAssigners: [wholeFetches(PartitionAssigners.roundRobin, 'read_committed')],
  });
  const found: ReadMessage[] = [];
  let rounds = 0;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  // Behind the last visible message nothing but markers comes: two fetches that bring nothing are the end.
  const quiet = new Promise<void>((resolve) => {
    consumer.on(consumer.events.FETCH, () => {
      rounds++;
      if (rounds > 3) resolve();
    });
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      rounds = 0;
      for (const { offset, timestamp, key, value } of batch.messages) {
        const [asText, keyText] = [value?.toString(), key?.toString()];
        found.push({ partition: batch.partition, offset, timestamp, key: keyText, value: asText });
      }
      return Promise.resolve();
    },
  });
  await quiet;
  await consumer.disconnect();
  return found;
}

/** One transaction, committed. */
export async function sendInTransaction(topic: string, messages: readonly Message[]): Promise<void> {
  await inTransaction(topic, messages, 'commit');
}

/** One transaction, given up: its messages stand in the log, and readers of what is committed must not see them. */
export async function abortedMessages(topic: string, messages: readonly Message[]): Promise<void> {
  await inTransaction(topic, messages, 'abort');
}

async function inTransaction(topic: string, messages: readonly Message[], end: 'commit' | 'abort'): Promise<void> {
  const producer = kafkaClient().producer({
    transactionalId: uniqueName('transaction'),
    createPartitioner: partitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [...messages] });
  await transaction[end]();
  await producer.disconnect();
}

/** As retention does: messages before this offset of partition 0 are gone. */
export async function deleteUpTo(topic: string, offset: number): Promise<void> {
  const admin = kafkaClient().admin();
  await admin.connect();
  // kafkajs has to know the topic first.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  await admin.disconnect();
}

function partitioner(): (args: PartitionerArgs) => number {
  return ({ message }) => message.partition ?? 0;
}
