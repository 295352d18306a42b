// Two queries from topic to topic: `KAFKA_BROKERS=host:port node build/bench/kafka-queries.js [millions]`, behind `npm run build` and
// `tsc -p tsconfig.programs.json`. Each way of each query has a process of its own, whose CPU time is told.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { count, json, max, mean, stream } from 'millrace';
import { fromKafka, toKafka } from 'millrace/connectors/kafka';
import { fillTopic, makeTopic } from './fill-topic.ts';
import { byHand } from './kafka-by-hand.ts';
import { table } from './table.ts';

interface Reading {
  readonly device: string;
  readonly at: number;
  readonly temperature: number;
}

type Query = 'tumbling' | 'sliding';

const queries = { tumbling: { size: 10_000, slide: 10_000 }, sliding: { size: 60_000, slide: 5_000 } } as const;
const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, connectionTimeout: 10_000 });

/** 122 bytes: 8 fields of 100 devices, a reading each 5 ms. */
function message(index: number): string {
  const device = `device-${String(index % 100).padStart(3, '0')}`;
  const at = 1_700_000_000_000 + index * 5;
  const temperature = 100 + ((index * 7919) % 900);
  const row = { device, at, temperature, humidity: 40, pressure: 1_013, battery: 87, ok: true, fw: '' };
  const text = JSON.stringify(row);
  return `${text.slice(0, -2)}${'v'.repeat(122 - text.length)}"}`;
}

const ways = {
  'kafkajs and a loop by hand': (query: Query, from: string, to: string, messages: number) =>
    byHand(kafka, { ...queries[query], from, to, messages }),
  millrace: async (query: Query, from: string, to: string) => {
    const source = fromKafka({
      kafka,
      topic: from,
      groupId: to,
      from: 'earliest',
      until: 'now',
      value: json<Reading>(),
    });
    const keyed = stream(source).eventTime('at', { outOfOrderness: '1s' }).keyBy('device');
    const windows =
      query === 'tumbling' ? keyed.tumblingWindow('10s') : keyed.slidingWindow({ size: '60s', slide: '5s' });
    await windows
      .aggregate({ mean: mean('temperature'), max: max('temperature'), n: count() })
      .to(toKafka({ kafka, topic: to, key: 'device', value: json() }))
      .run();
  },
} as const;

type Way = keyof typeof ways;

/** What a process has taken for a query, in seconds of CPU, and how many rows came of it. */
async function measured(way: Way, query: Query, from: string, messages: number) {
  const to = `${from}-${query}-${way.split(' ')[0]}`;
  await makeTopic(kafka, to);
  const given = [fileURLToPath(import.meta.url), 'run', way, query, from, to, String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, given);
  const admin = kafka.admin();
  await admin.connect();
  const [end] = await admin.fetchTopicOffsets(to);
  await admin.disconnect();
  return { seconds: Number(stdout), rows: Number(end?.high) };
}

async function all(millions: number): Promise<void> {
  const [topic, messages] = [`queries-${Date.now()}`, millions * 1_000_000];
  await fillTopic(kafka, topic, messages, message);
  const rows: string[][] = [];
  for (const way of Object.keys(ways) as Way[]) {
    const found = {
      tumbling: await measured(way, 'tumbling', topic, messages),
      sliding: await measured(way, 'sliding', topic, messages),
    };
    const seconds = Object.values(found).map((each) => (each.seconds / millions).toFixed(1));
    rows.push([way, ...seconds, ...Object.values(found).map((each) => each.rows.toLocaleString('en'))]);
  }
  const head = ['CPU seconds for a million records', '10 s', '60 s by 5 s', 'rows of 10 s', 'rows of 60 s by 5 s'];
  console.log(table(head, rows));
}

const [mode = '2', way, query, from = '', to = '', messages] = process.argv.slice(2);
if (mode === 'run') {
  await ways[way as Way](query as Query, from, to, Number(messages));
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6);
} else await all(Number(mode));
