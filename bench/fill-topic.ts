import type { Kafka } from 'kafkajs';

const together = 5_000;

/** Makes a topic of one partition. What lies in it may be old. */
export async function makeTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'retention.ms', value: '-1' }];
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });
  await admin.disconnect();
}

/** Makes a topic, with so many messages. */
export async function fillTopic(
  kafka: Kafka,
  topic: string,
  count: number,
  message: (index: number) => string,
): Promise<void> {
  await makeTopic(kafka, topic);
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (let from = 0; from < count; from += together) {
    const values = Array.from({ length: Math.min(together, count - from) }, (_, index) => message(from + index));
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
  }
  await producer.disconnect();
}
