// One of several processes that share the partitions of a topic, to be killed: `node shared-windows.js <json of Options>`.
import { Kafka, logLevel } from 'kafkajs';
import { count, json, max, mean, stream } from 'millrace';
import { directory } from 'millrace/connectors/files';
import { fromKafka, toKafka } from 'millrace/connectors/kafka';

interface Options {
  readonly brokers: string[];
  readonly from: string;
  readonly to: string;
  readonly job: string;
  readonly folder: string;
  readonly everyMs: number;
}

interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number;
}

const { brokers, from, to, job: name, folder, everyMs } = JSON.parse(process.argv[2] ?? '') as Options;
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, connectionTimeout: 10_000 });

const job = stream(
  fromKafka({
    kafka,
    topic: from,
    groupId: name,
    value: json<Reading>(),
    from: 'earliest',
    scale: 'group',
    partitionedBy: 'key',
    sessionTimeout: 1_000,
  }),
)
  .eventTime('at', { outOfOrderness: '2s' })
  .keyBy('key')
  .tumblingWindow('10s')
  .aggregate({ mean: mean('v'), max: max('v'), n: count() })
  .ewma('mean', { alpha: 0.3, as: 'smooth' })
  .to(toKafka({ kafka, topic: to, key: 'key', value: json(), guarantee: 'exactly-once', transactionTimeout: '20s' }));

job.warnings$.subscribe(({ code, message }) => console.error(code, message));

try {
  const report = await job.run({
    name,
    checkpoint: directory(folder),
    every: everyMs,
    stopOn: ['SIGTERM'],
    restart: { first: 100 },
  });
  const { state: how, balanced, restarts, steps } = report;
  console.log(JSON.stringify({ how, balanced, restarts, steps }));
} catch (error) {
  console.log(JSON.stringify({ how: 'failed', message: (error as Error).message }));
  process.exitCode = 1;
}
