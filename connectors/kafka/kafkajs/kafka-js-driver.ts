import type { KafkaClient } from '../driver-of.ts';
import type { KafkaDriver } from '../driver.ts';
import { withFreshConnections } from './fresh-connections.ts';
import { KafkaJsConsumer } from './kafka-js-consumer.ts';
import { KafkaJsLookup } from './kafka-js-lookup.ts';
import { KafkaJsProducer } from './kafka-js-producer.ts';

/** kafkajs 2.2.4 behind our interface; the client comes from the user, with its TLS, SASL, logger and all. */
export function kafkaJsDriver(client: KafkaClient): KafkaDriver {
  const kafka = withFreshConnections(client);
  return {
    openConsumer: (options, listener) => new KafkaJsConsumer(kafka, options, listener),
    openProducer: (options) => new KafkaJsProducer(kafka, options),
    openLookup: (where) => new KafkaJsLookup(kafka, where),
  };
}
