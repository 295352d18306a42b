import { expect, it, onTestFinished } from 'vitest';
import { kafkaJsDriver } from '../../connectors/kafka/kafkajs/kafka-js-driver.ts';
import { FaultyNetwork } from '../support/kafka/faulty-network.ts';
import { kafkaClient, testTopic } from '../support/kafka/test-topic.ts';

it('answers the next time where an answer has broken off, whatever had come of it', async () => {
  const topic = await testTopic(3);
  const network = await FaultyNetwork.start();
  onTestFinished(() => network.close());
  const kafka = kafkaClient({
    socketFactory: network.socketFactory,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 1 },
  });
  const lookup = kafkaJsDriver(kafka).openLookup('fromKafka');
  onTestFinished(() => lookup.close());
  expect(await lookup.partitions(topic)).toBe(3);
  const triesBehind = async (bytes: number): Promise<number> => {
    network.cutNextAnswer(bytes);
    for (let tries = 1; ; tries++) {
      const found = await lookup.partitions(topic).catch((cause: unknown) => cause);
      if (found === 3) return tries;
      expect(found).toMatchObject({ retryable: true });
    }
  };
  for (let bytes = 1; bytes < 60; bytes++) expect([bytes, await triesBehind(bytes)]).toEqual([bytes, 2]);
}, 50_000);
