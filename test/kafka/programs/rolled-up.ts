import { Kafka, logLevel } from 'kafkajs';
import { count, type Duration, json, max, mean, type Stream } from 'millrace';
import { toKafka } from 'millrace/connectors/kafka';

export interface Options {
  readonly brokers: string[];
  readonly from: string;
  readonly to: string;
  readonly job: string;
  readonly folder: string;
  readonly everyMs: number;
}

export interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number;
}

/** What the test has said on the command line. */
export const options = JSON.parse(process.argv[2] ?? '') as Options;
export const kafka = new Kafka({ brokers: options.brokers, logLevel: logLevel.NOTHING, connectionTimeout: 10_000 });

/** Windows and an average over them, exactly once into the other topic. */
export function rolledUp(readings: Stream<Reading>, outOfOrderness: Duration = '2s') {
  const job = readings
    .eventTime('at', { outOfOrderness })
    .keyBy('key')
    .tumblingWindow('10s')
    .aggregate({ mean: mean('v'), max: max('v'), n: count() })
    .ewma('mean', { alpha: 0.3, as: 'smooth' })
    .to(
      toKafka({
        kafka,
        topic: options.to,
        key: 'key',
        value: json(),
        guarantee: 'exactly-once',
        transactionTimeout: '20s',
      }),
    );
  job.warnings$.subscribe(({ code, message }) => console.error(code, message));
  return job;
}
