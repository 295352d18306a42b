import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { directory } from '../../connectors/files/index.ts';
import { differences } from '../support/kafka/differences.ts';
import { FaultyNetwork } from '../support/kafka/faulty-network.ts';
import { send } from '../support/kafka/messages.ts';
import { expectedRows, readingMessages, readings } from '../support/kafka/readings.ts';
import { kafkaClient, testTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { windowsJob } from '../support/kafka/windows-job.ts';
import { randomFrom } from '../support/random.ts';

const all = readings(150_000, 3);
const expected = expectedRows(all);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Fault = (network: FaultyNetwork, random: () => number) => void | Promise<void>;

const faults: Readonly<Record<string, Fault>> = {
  'drops connections': (network) => network.drop(),
  'cuts an answer in the middle': (network, random) => network.cutNextAnswer(Math.floor(random() * 2_000)),
  'stalls for longer than requests wait': async (network) => {
    network.stall();
    await pause(1_500);
    network.flow();
  },
};

it.each(Object.entries(faults))(
  'each row comes once and in order over a network that %s',
  async (_, fault) => {
    const random = randomFrom(5);
    const [from, to, job] = [await testTopic(4), await testTopic(2), uniqueName('job')];
    await send(from, readingMessages(all, 4));
    const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-network-'));
    const network = await FaultyNetwork.start();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    onTestFinished(() => network.close());
    const kafka = kafkaClient({
      socketFactory: network.socketFactory,
      requestTimeout: 1_000,
      connectionTimeout: 1_000,
      retry: { retries: 3, initialRetryTime: 50 },
    });
    const running = windowsJob(kafka, from, to, job).run({
      name: job,
      checkpoint: directory(folder),
      every: 20,
      maxBuffered: { records: 50 },
      restart: { first: 20, longest: 500, attempts: 1_000 },
    });
    const over = running.then(
      () => 'over' as const,
      () => 'over' as const,
    );
    for (let times = 0; times < 12; times++) {
      if ((await Promise.race([pause(300 + random() * 900), over])) === 'over') break;
      await fault(network, random);
    }
    const { state, balanced, restarts, error } = await running;
    expect([state, balanced, error]).toEqual(['completed', true, undefined]);
    expect(await differences(to, expected)).toEqual([]);
    console.log(`${restarts} restarts`);
  },
  180_000,
);
