// Reading a topic: `KAFKA_BROKERS=host:port node build/bench/kafka.js [messages]`, behind `npm run build` and `tsc -p tsconfig.programs.json`.
import { Kafka, logLevel } from 'kafkajs';
import { count, format, json, mean, type Source, type Stream, stream } from 'millrace';
import { fromKafka } from 'millrace/connectors/kafka';
import { fillTopic } from './fill-topic.ts';
import { type Contestant, race, type Race, type Tally } from './method.ts';
import { raceReport } from './report.ts';
import { rowSink } from './row-sink.ts';

interface Reading {
  readonly device: string;
  readonly at: number;
  readonly temperature: number;
}

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const messages = Number(process.argv[2] ?? 1_000_000);
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, connectionTimeout: 10_000 });
const topic = `bench-${Date.now()}`;
let groups = 0;

/** 8 fields in about 150 bytes, 100 devices, 20 ms apart. */
function message(index: number): string {
  const device = `device-${index % 100}`;
  const at = 1_700_000_000_000 + index * 20;
  const temperature = (index * 7919) % 1_000;
  return JSON.stringify({
    device,
    at,
    temperature,
    humidity: 40,
    pressure: 1_013,
    battery: 87,
    firmware: '1.4.2',
    ok: true,
  });
}

/** kafkajs by itself: `each` is called with every message. */
function bare(name: string, each: (value: Buffer) => void, finish: (tally: Tally) => void): Contestant {
  const run = async (tally: Tally): Promise<void> => {
    const consumer = kafka.consumer({ groupId: `${topic}-${groups++}`, maxWaitTimeInMs: 250 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      const eachBatch = ({ batch }: { batch: { messages: { value: Buffer | null }[] } }): Promise<void> => {
        for (const { value } of batch.messages) if (value !== null) each(value);
        seen += batch.messages.length;
        if (seen >= messages) resolve();
        return Promise.resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
    finish(tally);
    await consumer.disconnect();
  };
  return { name, run };
}

/** What `bytes()` copies. */
const asTheyAre = format('as they are', (value) => value);

const common = () => ({ kafka, topic, groupId: `${topic}-${groups++}`, from: 'earliest', until: 'now' }) as const;

function plainReading(): Race {
  let seen = 0;
  const finish = (tally: Tally): void => {
    tally.take(undefined, seen);
    seen = 0;
  };
  const ours: Contestant = {
    name: 'fromKafka, values as they are, a sink that counts',
    target: 0.95,
    run: async (tally) => {
      await stream(fromKafka({ ...common(), value: asTheyAre }))
        .to(rowSink(() => seen++))
        .run();
      finish(tally);
    },
  };
  return {
    title: 'Kafka: reading',
    records: messages,
    pairs: 7,
    wall: true,
    contestants: [bare('kafkajs, eachBatch that counts', () => seen++, finish), ours],
  };
}

function windows(): Race {
  const open = new Map<string, { sum: number; n: number }>();
  const byHand = (value: Buffer): void => {
    const { device, at, temperature } = JSON.parse(value.toString()) as Reading;
    const key = `${device} ${at - (at % 10_000)}`;
    const found = open.get(key);
    if (found === undefined) open.set(key, { sum: temperature, n: 1 });
    else {
      found.sum += temperature;
      found.n++;
    }
  };
  const finish = (tally: Tally): void => {
    for (const { sum, n } of open.values()) tally.take(undefined, sum / n);
    open.clear();
  };
  const ours = (title: string, target: number, read: (source: Source<Reading>) => Stream<Reading>): Contestant => ({
    name: `fromKafka, json, ${title}`,
    target,
    run: async (tally) => {
      await read(fromKafka({ ...common(), value: json<Reading>() }))
        .eventTime('at')
        .keyBy('device')
        .tumblingWindow('10s')
        .aggregate({ mean: mean('temperature'), n: count() })
        .to(rowSink((row) => tally.take(row, row.mean)))
        .run();
    },
  });
  return {
    title: 'Kafka: JSON and tumbling windows of 10 s by device',
    records: messages,
    pairs: 7,
    wall: true,
    contestants: [
      bare('kafkajs, JSON.parse, a loop by hand', byHand, finish),
      ours('3 of 8 fields are read', 1, (source) => stream(source)),
      // A function may look at any field.
      ours('all fields are read', 0.95, (source) => stream(source).filter(({ temperature }) => temperature >= 0)),
    ],
  };
}

await fillTopic(kafka, topic, messages, message);
const races = { plain: plainReading, windows };
const chosen = process.argv[3];
for (const each of Object.entries(races).flatMap(([name, make]) =>
  chosen === undefined || chosen === name ? [make()] : [],
))
  console.log(`\n${each.title}\n\n${raceReport(each, await race(each))}`);
