import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { differences } from '../support/kafka/differences.ts';
import { send } from '../support/kafka/messages.ts';
import { type Ended, runAndKill, start } from '../support/kafka/program.ts';
import { expectedRows, readingMessages, readings } from '../support/kafka/readings.ts';
import { testTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { randomFrom } from '../support/random.ts';

/** `MILLRACE_KILLS=300 npm run test:kafka crash` for a long run; `MILLRACE_SEED` for one that failed. */
const kills = Number(process.env['MILLRACE_KILLS'] ?? 30);
const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const partitions = 4;

const all = readings(60_000, 7);
const expected = expectedRows(all);

async function input(): Promise<string> {
  const topic = await testTopic(partitions);
  const poison = [0, 1, 2, 3].map((partition) => ({ partition, value: '{"no json' }));
  const messages = readingMessages(all, partitions);
  await send(topic, [...messages.slice(0, 30_000), ...poison, ...messages.slice(30_000)]);
  return topic;
}

/** Life after life, until one gets to its end. */
async function untilItEnds(live: () => Promise<Ended>): Promise<{ readonly ended: Ended; readonly times: number }> {
  for (let times = 0; ; times++) {
    const ended = await live();
    if (ended.by !== 'SIGKILL') return { ended, times };
  }
}

function outcome({ report, errors }: Ended): object {
  return { how: report.how, balanced: report['balanced'], message: report['message'], errors };
}

const good = { how: 'completed', balanced: true, message: undefined };

it(
  `from topic to topic each row comes once and in order, though the process is killed ${kills} times at random`,
  async () => {
    const random = randomFrom(seed);
    const from = await input();
    const root = await mkdtemp(join(tmpdir(), 'millrace-kafka-crash-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const fresh = async (): Promise<{
      from: string;
      to: string;
      job: string;
      folder: string;
      brokers: readonly string[];
    }> => {
      const job = uniqueName('job');
      return { from, to: await testTopic(2), job, folder: join(root, job), brokers: inject('kafkaBrokers') };
    };
    const undisturbed = await fresh();
    const began = performance.now();
    const whole = await start('windows', { ...undisturbed, everyMs: 50 }).ended;
    const wholeMs = performance.now() - began;
    expect(outcome(whole)).toMatchObject(good);
    expect(await differences(undisturbed.to, expected)).toEqual([]);

    let [done, lives, runs] = [0, 0, 0];
    while (done < kills) {
      const place = await fresh();
      const killed = await untilItEnds(async () => {
        lives++;
        const everyMs = 5 + Math.floor(random() * 60);
        return await runAndKill(random() * wholeMs * 1.1, 'windows', { ...place, everyMs });
      });
      done += killed.times;
      const told = `seed ${seed}, run ${runs}, life ${lives}: ${killed.ended.errors}`;
      expect(outcome(killed.ended), told).toMatchObject(good);
      expect(await differences(place.to, expected), told).toEqual([]);
      runs++;
    }
    console.log(
      `seed ${seed}: ${done} kills, ${lives} lives, ${runs} runs compared; an undisturbed one took ${Math.round(wholeMs)} ms`,
    );
  },
  60_000 + kills * 15_000,
);
