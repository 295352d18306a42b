import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joined } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { differences } from '../support/kafka/differences.ts';
import { feed, sendLastWords, untilWritten } from '../support/kafka/feed.ts';
import { type Ended, start, stop } from '../support/kafka/program.ts';
import { expectedRows } from '../support/kafka/readings.ts';
import { testTopic, uniqueName } from '../support/kafka/test-topic.ts';
import { randomFrom } from '../support/random.ts';

const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const ends = Number(process.env['MILLRACE_KILLS'] ?? 12);
const partitions = 6;
const good = JSON.stringify({ by: 0, how: 'stopped', balanced: true });
const killed = JSON.stringify({ by: 'SIGTERM' });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Place {
  readonly from: string;
  readonly to: string;
  readonly job: string;
  readonly folder: string;
  readonly brokers: readonly string[];
  readonly everyMs: number;
}

async function place(): Promise<Place> {
  const folder = await mkdtemp(joined(tmpdir(), 'millrace-kafka-sharing-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [from, to] = [await testTopic(partitions), await testTopic(2)];
  return { from, to, job: uniqueName('job'), folder, brokers: inject('kafkaBrokers'), everyMs: 100 };
}

/** All of the input, and what is to come of it. */
async function fed(topic: string, count: number, pieces: number): Promise<ReturnType<typeof expectedRows>> {
  const all = await feed(topic, { count, pieces, partitions });
  await sendLastWords(topic, all, partitions);
  return expectedRows(all);
}

/** How a process ended that was asked to; what it said, where it did not end well. */
function toldBy({ by, report, errors }: Ended): string {
  const how = JSON.stringify({ by, how: report.how, balanced: report['balanced'], message: report['message'] });
  return how === good ? how : `${how} ${errors}`;
}

it(
  'each row comes once and in order, though processes join, leave and die at random',
  async () => {
    const random = randomFrom(seed);
    const own = await place();
    const members = new Set<ReturnType<typeof start>>();
    const join = (): void => {
      const everyMs = 50 + Math.floor(random() * 150);
      members.add(start('shared-windows', { ...own, everyMs }));
    };
    onTestFinished(() => {
      for (const { child } of members) child.kill('SIGKILL');
    });
    for (let i = 0; i < 3; i++) join();
    const feeding = fed(own.from, 60_000, ends * 8);
    const over = feeding.then(() => true);
    const isFed = (): Promise<boolean> => Promise.race([over, pause(0).then(() => false)]);
    const told: string[] = [];
    let gone = 0;
    while (gone < ends || !(await isFed())) {
      await pause(300 + random() * 2_000);
      const leaver = [...members][Math.floor(random() * members.size)]!;
      members.delete(leaver);
      const isAsked = random() < 0.4;
      if (!isAsked) leaver.child.kill('SIGKILL');
      const ended = await (isAsked ? stop(leaver) : leaver.ended);
      if (isAsked) told.push(toldBy(ended));
      gone++;
      join();
    }
    const expected = await feeding;
    expect([seed, await untilWritten(own.to, expected)]).toEqual([seed, []]);
    for (const ended of await Promise.all([...members].map((each) => stop(each)))) told.push(toldBy(ended));
    // One that had only just been started knew nothing of signals yet.
    const asked = told.filter((each) => !each.startsWith(killed));
    expect([...new Set(asked)]).toEqual([good]);
    expect([seed, await differences(own.to, expected)]).toEqual([seed, []]);
    console.log(`seed ${seed}: ${gone} processes left or died`);
  },
  60_000 + ends * 10_000,
);

it('a process that stands still is shut out, and does not write twice when it goes on', async () => {
  const own = await place();
  const [sleeper, other] = [start('shared-windows', own), start('shared-windows', own)];
  onTestFinished(() => {
    for (const { child } of [sleeper, other]) child.kill('SIGKILL');
  });
  const feeding = fed(own.from, 30_000, 40);
  await pause(4_000);
  sleeper.child.kill('SIGSTOP');
  const expected = await feeding;
  const found = await untilWritten(own.to, expected);
  expect(found).toEqual([]);
  sleeper.child.kill('SIGCONT');
  await pause(3_000);
  expect([toldBy(await stop(sleeper)), toldBy(await stop(other))]).toEqual([good, good]);
  expect(await differences(own.to, expected)).toEqual([]);
});
