import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { differences } from '../support/kafka/differences.ts';
import { feed, sendLastWords, untilWritten } from '../support/kafka/feed.ts';
import { readTopic } from '../support/kafka/messages.ts';
import { runAndKill, start, stop } from '../support/kafka/program.ts';
import { expectedRows } from '../support/kafka/readings.ts';
import { testTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { randomFrom } from '../support/random.ts';

/** `MILLRACE_KILLS=100 npm run test:kafka rekeyed` for a long run; `MILLRACE_SEED` for one that failed. */
const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const kills = Number(process.env['MILLRACE_KILLS'] ?? 4);
const count = 20_000;
const partitions = 3;

it(
  `two jobs with a topic between them write each row once and in order, though they are killed ${kills} times at random`,
  async () => {
    const random = randomFrom(seed);
    const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-rekeyed-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [from, between, to] = [await testTopic(partitions), await testTopic(partitions), await testTopic(2)];
    const own = { from, between, to, job: uniqueName('job'), folder, brokers: inject('kafkaBrokers') };
    // Not by the partitions of the topic between: a key comes out of another one than it goes to.
    const feeding = feed(from, { count, pieces: kills * 8, partitions: 2 });
    const everyMs = () => 20 + Math.floor(random() * 100);
    for (let done = 0; done < kills; done++) {
      const { by } = await runAndKill(500 + random() * 2_500, 'rekeyed', { ...own, everyMs: everyMs() });
      expect([seed, done, by]).toEqual([seed, done, 'SIGKILL']);
    }
    const last = start('rekeyed', { ...own, everyMs: everyMs() });
    onTestFinished(() => void last.child.kill('SIGKILL'));
    const all = await feeding;
    // Whoever is through first must not close the windows of the others.
    while ((await readTopic(between)).length < count) await new Promise((resolve) => setTimeout(resolve, 200));
    await sendLastWords(from, all, partitions);
    const expected = expectedRows(all);
    expect([seed, await untilWritten(to, expected)]).toEqual([seed, []]);
    const { report, errors } = await stop(last);
    expect({ seed, errors, ...report }).toMatchObject({ how: 'stopped,stopped', balanced: true });
    expect([seed, await differences(to, expected)]).toEqual([seed, []]);
    expect((await readTopic(between)).length).toBe(count + partitions);
    console.log(`seed ${seed}: ${kills} kills`);
  },
  60_000 + kills * 10_000,
);
