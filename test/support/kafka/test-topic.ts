import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';
import { inject, onTestFinished } from 'vitest';

let made = 0;

/** A name that no other test has. */
export function uniqueName(word: string): string {
  return `${word}-${process.pid}-${Date.now().toString(36)}-${made++}`;
}

/** A kafkajs client of the shared broker, silent. */
export function kafkaClient(config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    brokers: [...inject('kafkaBrokers')],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 10_000,
    ...config,
  });
}

/** A fresh topic; it is deleted behind the test. */
export async function testTopic(partitions = 1, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const topic = await sharedTopic(partitions, settings);
  onTestFinished(async () => {
    const admin = kafkaClient().admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] }).catch(() => undefined);
    await admin.disconnect();
  });
  return topic;
}

/** A fresh topic that stays as long as the broker. */
export async function sharedTopic(
  partitions = 1,
  settings: Readonly<Record<string, string>> = {},
  topic = uniqueName('topic'),
  kafka: Kafka = kafkaClient(),
): Promise<string> {
  const admin = kafka.admin();
  await admin.connect();
  // Rows carry their event time: retention would find those of old readings too old at once.
  const configEntries = Object.entries({ 'retention.ms': '-1', ...settings }).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: false });
  // The broker that made it knows of it a moment before the one that is asked.
  for (;;) {
    const found = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
    if (found?.topics[0]?.partitions.length === partitions) break;
  }
  await admin.disconnect();
  return topic;
}
