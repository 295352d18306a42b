import type { Kafka } from 'kafkajs';
import { ArgumentError } from '../../core/errors.ts';
import type { KafkaDriver } from './driver.ts';
import { kafkaJsDriver } from './kafkajs/kafka-js-driver.ts';

/** A configured `Kafka` of kafkajs. */
export type KafkaClient = Pick<Kafka, 'consumer' | 'producer' | 'admin'>;

const methods = ['consumer', 'producer', 'admin'] as const;

/** The driver that fits the client which the user hands in; a driver is one itself. */
export function driverOf(where: string, kafka: unknown): KafkaDriver {
  if (typeof kafka === 'object' && kafka !== null) {
    if ('openConsumer' in kafka) return kafka as KafkaDriver;
    const client = kafka as Partial<KafkaClient>;
    if (methods.every((method) => typeof client[method] === 'function')) return kafkaJsDriver(client as KafkaClient);
  }
  throw new ArgumentError(where, 'kafka', 'a configured `Kafka` of kafkajs', kafka);
}
