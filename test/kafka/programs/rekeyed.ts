// Two jobs with a topic between them, for another key, to be killed: `node rekeyed.js <json of Options and between>`.
import { type Job, json, stream } from 'millrace';
import { directory } from 'millrace/connectors/files';
import { fromKafka, toKafka } from 'millrace/connectors/kafka';
import { kafka, options, type Reading, rolledUp } from './rolled-up.ts';

const { between } = options as typeof options & { readonly between: string };
const { from, job: name, folder, everyMs } = options;
const shared = { kafka, from: 'earliest', value: json<Reading>(), scale: 'group', sessionTimeout: 1_000 } as const;

// Readings come in any partition; behind the topic between, those of a key are together.
const byKey = stream(fromKafka({ ...shared, topic: from, groupId: `${name}-by-key` })).to(
  toKafka({ kafka, topic: between, key: 'key', value: json(), guarantee: 'exactly-once', transactionTimeout: '20s' }),
);
// The partitions of the first topic, which meet in those of the second, may be far apart where one of them was left alone.
const windows = rolledUp(
  stream(fromKafka({ ...shared, topic: between, groupId: `${name}-windows`, partitionedBy: 'key' })),
  '30m',
);

const run = async (job: Job, part: string) =>
  await job.run({
    name: `${name}-${part}`,
    checkpoint: directory(folder),
    every: everyMs,
    stopOn: ['SIGTERM'],
    restart: { first: 100 },
  });

try {
  const reports = await Promise.all([run(byKey, 'by-key'), run(windows, 'windows')]);
  const [how, balanced] = [reports.map(({ state }) => state), reports.every((each) => each.balanced)];
  console.log(JSON.stringify({ how: how.join(), balanced }));
} catch (error) {
  console.log(JSON.stringify({ how: 'failed', message: (error as Error).message }));
  process.exitCode = 1;
}
