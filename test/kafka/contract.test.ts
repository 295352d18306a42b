import { type Socket } from 'node:net';
import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { beforeAll, inject } from 'vitest';
import { fromKafka, toKafka } from '../../connectors/kafka/index.ts';
import { json } from '../../core/format/json.ts';
import { obeysSinkContract, obeysSourceContract } from '../support/connector-contract.ts';
import { freePort } from '../support/free-port.ts';
import { readTopic, send } from '../support/kafka/messages.ts';
import { sharedTopic, uniqueName } from '../support/kafka/test-topic.ts';

interface Row {
  readonly n: number;
}

const sockets = new Set<Socket>();

/** A client whose connections are counted. */
function counted(brokers: readonly string[], retries = 5): Kafka {
  const socketFactory = ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Socket => {
    const socket = connect({ host, port }, onConnect);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const retry = { retries, initialRetryTime: 10 };
  return new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    socketFactory,
    retry,
    connectionTimeout: 5_000,
  });
}

/** A socket that was told to close is gone when the broker has heard of it; on a busy machine that is not at once. */
async function openHandles(): Promise<number> {
  for (let turn = 0; turn < 500 && sockets.size > 0; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  return sockets.size;
}

let nowhere = '';
const input = uniqueName('contract');
const expected = { [`${input}/0`]: [{ n: 0 }, { n: 2 }], [`${input}/1`]: [{ n: 1 }, { n: 3 }] };

beforeAll(async () => {
  nowhere = `127.0.0.1:${await freePort()}`;
  await sharedTopic(2, {}, input);
  const messages = [0, 1, 2, 3].map((n) => ({ partition: n % 2, value: JSON.stringify({ n }) }));
  await send(input, messages);
});

const source = (kafka: Kafka) =>
  fromKafka<Row>({
    kafka,
    topic: input,
    groupId: uniqueName('contract'),
    value: json<Row>(),
    from: 'earliest',
  });

obeysSourceContract('fromKafka', () => source(counted(inject('kafkaBrokers'))), {
  expected,
  unreachable: () => source(counted([nowhere], 0)),
  openHandles,
  ends: false,
  isAlone: true,
});

const rows: readonly Row[] = [{ n: 1 }, { n: 2 }, { n: 3 }];

for (const guarantee of ['exactly-once', 'at-least-once'] as const) {
  obeysSinkContract(`toKafka ${guarantee}`, async () => {
    const topic = await sharedTopic(1);
    const sink = (kafka: Kafka) => toKafka<Row>({ kafka, topic, value: json<Row>(), guarantee });
    return {
      sink: () => sink(counted(inject('kafkaBrokers'))),
      contract: {
        rows,
        read: async () => (await readTopic(topic)).map(({ value }) => JSON.parse(value ?? '') as Row),
        unreachable: () => sink(counted([nowhere], 0)),
        openHandles,
      },
    };
  });
}
