// One of several processes that share the partitions of a topic, to be killed: `node shared-windows.js <json of Options>`.
import { json, stream } from 'millrace';
import { directory } from 'millrace/connectors/files';
import { fromKafka } from 'millrace/connectors/kafka';
import { kafka, options, type Reading, rolledUp } from './rolled-up.ts';

const { from, job: name, folder, everyMs } = options;

const readings = stream(
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
);
const job = rolledUp(readings);

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
