// A whole job from MQTT to files, to be killed: `node windows.js <folder> <url> <qos> [<option>=<value> ...]`.
import { collect, count, json, jsonLines, stream } from 'millrace';
import { directory, toFile } from 'millrace/connectors/files';
import { fromMqtt } from 'millrace/connectors/mqtt';

const [folder = '.', url = '', qos = '1', ...given] = process.argv.slice(2);
const option = new Map(given.map((each) => each.split('=') as [string, string]));
process.chdir(folder);

interface Reading {
  /** Which one it is; of those that are all the same, nothing. */
  readonly n: number;
  readonly at: number;
}

const journal = option.get('journal') ?? '';

const source = fromMqtt({
  url,
  topic: 'site/{device}/reading',
  value: json<Reading>(),
  record: ({ n, at }, { levels, duplicate }) => ({ n, at, device: levels.device, duplicate }),
  clientId: 'killed',
  qos: Number(qos) as 1 | 2,
  maxUnacked: Number(option.get('maxUnacked') ?? 200),
  ...(journal === '' ? {} : { journal }),
  connect: { protocolVersion: Number(option.get('version') ?? 5), keepalive: 5 },
});

const job = stream(source)
  .alsoTo(toFile('seen.jsonl', { format: jsonLines() }))
  .eventTime('at')
  .keyBy('device')
  .tumblingWindow('1s')
  .aggregate({ count: count(), seen: collect('n') })
  .to(toFile('windows.jsonl', { format: jsonLines() }));

job.warnings$.subscribe(({ code, message }) => console.error(code, message));

const { state, balanced, error } = await job.run({
  name: 'killed',
  checkpoint: directory('state'),
  every: Number(option.get('every') ?? 20),
  stopOn: ['SIGTERM'],
});
console.log(JSON.stringify({ how: state, balanced, error: error?.message }));
