// A whole job from topic to topic, to be killed: `node windows.js <json of Options>`.
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
    until: 'now',
    sessionTimeout: 400,
  }),
).onReject('drop');
const job = rolledUp(readings);

const {
  state: how,
  balanced,
  steps,
  restarts,
  error,
} = await job.run({
  name,
  checkpoint: directory(folder),
  every: everyMs,
});
console.log(JSON.stringify({ how, balanced, restarts, steps, message: error?.message }));
if (how === 'failed') process.exitCode = 1;
