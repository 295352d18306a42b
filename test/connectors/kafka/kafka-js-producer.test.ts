import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { KafkaProducer, OutgoingMessage } from '../../../connectors/kafka/driver.ts';
import { kafkaJsDriver } from '../../../connectors/kafka/kafkajs/kafka-js-driver.ts';
import { FakeBrokers } from '../../support/kafka/fake-brokers.ts';

const message = (value: string, partition: number): OutgoingMessage => ({
  topic: 'out',
  partition,
  key: null,
  value: Buffer.from(value),
  timestamp: 0,
});

async function opened(brokers: FakeBrokers): Promise<KafkaProducer> {
  const producer = kafkaJsDriver(brokers.client).openProducer({ compression: 'none' });
  await producer.open();
  return producer;
}

const nine = Array.from({ length: 9 }, (_, index) => message(`m${index}`, index % 2));
const names = nine.map(({ value, partition }) => `${partition}:${Buffer.from(value ?? []).toString()}`);
const sorted = (list: readonly string[]): string[] => list.toSorted((a, b) => (a < b ? -1 : 1));

describe('the producer over kafkajs', () => {
  it('sends what kafkajs leaves out when a leader moves to a broker that has answered already', async () => {
    const brokers = new FakeBrokers(['A', 'B']);
    brokers.fails('B', 'not the leader', 1, () => (brokers.leaders = ['A', 'A']));
    const producer = await opened(brokers);
    await producer.send(nine);
    expect(sorted(brokers.stored)).toEqual(sorted(names));
  });

  it('sends every message once, to the partition that was chosen, though a broker fails once', async () => {
    const brokers = new FakeBrokers(['A', 'B']);
    brokers.fails('B', 'not the leader', 1);
    const producer = await opened(brokers);
    await producer.send(nine);
    expect(sorted(brokers.stored)).toEqual(sorted(names));
  });

  it('says so where the settings of the client do not go with it', () => {
    const kafka = new Kafka({ brokers: ['nowhere:9092'], retry: { retries: 0 }, logLevel: logLevel.NOTHING });
    expect(() => kafkaJsDriver(kafka).openProducer({ compression: 'none' })).toThrowError(
      'toKafka: cannot make a producer: Idempotent producer must allow retries to protect against transient errors',
    );
  });

  it('stores a batch once whose answer was lost', async () => {
    const brokers = new FakeBrokers(['A', 'B']);
    brokers.fails('A', 'answer lost', 2);
    const producer = await opened(brokers);
    await producer.send(nine);
    expect(sorted(brokers.stored)).toEqual(sorted(names));
  });

  it('is used no more after a send that failed: kafkajs would give its number to the next batch', async () => {
    const brokers = new FakeBrokers(['A']);
    const producer = await opened(brokers);
    brokers.fails('A', 'answer lost', 99);
    const failing = producer.send([message('a1', 0), message('a2', 0)]);
    await expect(failing).rejects.toMatchObject({ name: 'ConnectorError', retryable: true });
    brokers.fails('A', 'answer lost', 0);
    await expect(producer.send([message('b1', 0), message('b2', 0)])).rejects.toThrow(/has failed before/);
    // The next one has a number of its own: what is sent again may come twice, and nothing is lost.
    await (await opened(brokers)).send([message('b1', 0), message('b2', 0)]);
    expect(brokers.stored).toEqual(['0:a1', '0:a2', '0:b1', '0:b2']);
  });

  it('fails where a partition has no leader, though kafkajs says that all is well', async () => {
    const brokers = new FakeBrokers(['A']);
    const producer = await opened(brokers);
    await expect(producer.send([message('a', 0), message('b', 1)])).rejects.toThrow(/1 messages found no leader/);
  });
});
