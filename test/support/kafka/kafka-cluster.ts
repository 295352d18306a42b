import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { kafkaJars } from './kafka-jars.ts';

/** Real brokers on free ports of the loopback address, with a folder of their own. */
export interface KafkaCluster {
  readonly brokers: readonly KafkaBroker[];
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

/** Settings of a broker beside the usual ones, given its folder and the usual ones. */
export type Further = (
  folder: string,
  usual: Readonly<Record<string, string | number>>,
) => Promise<Record<string, string>>;

/** Starts so many brokers, all of them controllers, too. */
export async function startKafka(count: 1 | 3, further?: Further): Promise<KafkaCluster> {
  const [jars, root] = [await kafkaJars(), await mkdtemp(join(tmpdir(), 'millrace-kafka-'))];
  const ports: { readonly broker: number; readonly controller: number }[] = [];
  for (let i = 0; i < count; i++) ports.push({ broker: await freePort(), controller: await freePort() });
  const voters = ports.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`).join(',');
  const brokers: KafkaBroker[] = [];
  for (const [index, { broker, controller }] of ports.entries()) {
    const usual = properties(index + 1, broker, controller, voters, count);
    const own = { ...usual, ...(await further?.(root, usual)) };
    brokers.push(new KafkaBroker({ jars, folder: join(root, `broker-${index + 1}`), port: broker, properties: own }));
  }
  const close = async (): Promise<void> => {
    await Promise.all(brokers.map((each) => each.stop('SIGKILL')));
    await rm(root, { recursive: true, force: true });
  };
  try {
    await Promise.all(brokers.map((each) => each.format()));
    await Promise.all(brokers.map((each) => each.start()));
  } catch (cause) {
    await close();
    throw cause;
  }
  return { brokers, addresses: brokers.map(({ address }) => address), close };
}

function properties(id: number, port: number, controller: number, voters: string, count: number) {
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'num.partitions': 1,
    // What a test names by mistake should be there only where we would make it.
    'auto.create.topics.enable': 'true',
    'offsets.topic.replication.factor': count,
    'offsets.topic.num.partitions': 2,
    'transaction.state.log.replication.factor': count,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'default.replication.factor': count,
    'group.initial.rebalance.delay.ms': 0,
    // A member that was killed should not keep a test waiting.
    'group.min.session.timeout.ms': 200,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // Retention and compaction within a test.
    'log.retention.check.interval.ms': 500,
    'log.cleaner.backoff.ms': 200,
    'log.segment.delete.delay.ms': 0,
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'log.flush.interval.messages': 1_000_000,
    'num.io.threads': 2,
    'num.network.threads': 1,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'num.recovery.threads.per.data.dir': 1,
  };
}
