import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { directory } from '../../connectors/files/index.ts';
import { differences } from '../support/kafka/differences.ts';
import { type KafkaCluster, startKafka } from '../support/kafka/kafka-cluster.ts';
import { send } from '../support/kafka/messages.ts';
import { expectedRows, readingMessages, readings } from '../support/kafka/readings.ts';
import { kafkaClient, sharedTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { windowsJob } from '../support/kafka/windows-job.ts';

const all = readings(300_000, 9);
const expected = expectedRows(all);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let cluster: KafkaCluster;
let kafka: Kafka;

beforeAll(async () => {
  cluster = await startKafka(3);
  const retry = { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 };
  kafka = kafkaClient({ brokers: [...cluster.addresses], requestTimeout: 5_000, retry });
}, 180_000);

afterAll(() => cluster.close());

it('each row comes once and in order though brokers are stopped, killed and started again, one after the other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-cluster-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const replicated = { 'min.insync.replicas': '2' };
  const from = await sharedTopic(4, replicated, uniqueName('in'), kafka);
  const to = await sharedTopic(2, replicated, uniqueName('out'), kafka);
  await send(from, readingMessages(all, 4), kafka);
  const name = uniqueName('job');
  const running = windowsJob(kafka, from, to, name).run({
    name,
    checkpoint: directory(folder),
    every: 20,
    // Small steps: there should be something under way whenever a broker goes.
    maxBuffered: { records: 20 },
    restart: { first: 50, longest: 1_000, attempts: 1_000 },
  });
  let isOver = false;
  const over = running.finally(() => (isOver = true)).catch(() => undefined);
  let disturbed = 0;
  for (const [index, broker] of cluster.brokers.entries()) {
    await Promise.race([pause(1_000), over]);
    if (isOver) break;
    disturbed++;
    await broker.stop(index === 1 ? 'SIGTERM' : 'SIGKILL');
    await Promise.race([pause(2_000), over]);
    await broker.start();
    await Promise.race([pause(1_000), over]);
  }
  const { state, balanced, restarts } = await running;
  expect([state, balanced]).toEqual(['completed', true]);
  expect(await differences(to, expected, kafka)).toEqual([]);
  expect(disturbed).toBeGreaterThan(1);
  console.log(`${disturbed} brokers, ${restarts} restarts`);
}, 240_000);
