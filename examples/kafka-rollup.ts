// Rolls up what stands in a topic and writes it to another: `node build/examples/kafka-rollup.js <from> <to> <state>`.
// KAFKA_BROKERS names the brokers. Run it again when more has come: it goes on where it was, with its windows still open.
import { Kafka, logLevel } from 'kafkajs';
import { count, json, jsonLines, max, mean, stream } from 'millrace';
import { directory, toFile } from 'millrace/connectors/files';
import { fromKafka, toKafka } from 'millrace/connectors/kafka';

/** A message: what a device measured. */
interface Reading {
  readonly deviceId: string | null;
  readonly at: string;
  readonly temperature: string | number | null;
}

const [from = 'readings', to = 'rollups', state = './state'] = process.argv.slice(2);
const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, connectionTimeout: 10_000, logLevel: logLevel.ERROR });

const rollup = stream(
  fromKafka({ kafka, topic: from, groupId: 'rollup', from: 'earliest', until: 'now', value: json<Reading>() }),
)
  .onReject(toFile(`${state}/rejected.jsonl`, { format: jsonLines() }))
  .dropMissing('deviceId')
  .cast({ at: 'timestamp', temperature: 'number' })
  .eventTime('at', { outOfOrderness: '5s', maxAhead: 'off' })
  .keyBy('deviceId')
  .tumblingWindow('1m')
  .aggregate({ mean: mean('temperature'), max: max('temperature'), n: count() })
  .ewma('mean', { alpha: 0.2, as: 'smoothed' })
  .to(toKafka({ kafka, topic: to, key: 'deviceId', value: json(), guarantee: 'exactly-once' }));

console.log(rollup.explain());
rollup.warnings$.subscribe(({ message }) => console.warn(message));
const { steps } = await rollup.run({
  name: 'rollup',
  checkpoint: directory(state),
  atEnd: 'keep',
  stopOn: ['SIGINT', 'SIGTERM'],
});
for (const { step, in: received, out, rejected, filtered } of steps) {
  const { invalid } = rejected;
  console.log(`${step.padEnd(24)} in ${received}, out ${out}, filtered ${filtered}, rejected ${invalid}`);
}
