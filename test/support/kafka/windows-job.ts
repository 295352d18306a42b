import type { Kafka } from 'kafkajs';
import { fromKafka, toKafka } from '../../../connectors/kafka/index.ts';
import { type Job, json, count, max, mean, stream } from '../../../src/index.ts';
import type { Reading } from './readings.ts';

/** The job of these tests, from topic to topic: what it must write says `expectedRows`. */
export function windowsJob(kafka: Kafka, from: string, to: string, groupId: string): Job {
  const source = fromKafka({
    kafka,
    topic: from,
    groupId,
    value: json<Reading>(),
    from: 'earliest',
    until: 'now',
    sessionTimeout: '3s',
  });
  return stream(source)
    .eventTime('at', { outOfOrderness: '2s' })
    .keyBy('key')
    .tumblingWindow('10s')
    .aggregate({ mean: mean('v'), max: max('v'), n: count() })
    .ewma('mean', { alpha: 0.3, as: 'smooth' })
    .to(toKafka({ kafka, topic: to, key: 'key', value: json(), transactionTimeout: '20s' }));
}
