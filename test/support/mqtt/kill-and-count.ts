import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { start } from '../../crash/crash-run.ts';
import { randomFrom } from '../random.ts';
import { mosquitto } from './mosquitto.ts';
import { pause, until } from './numbered.ts';
import { clientOf, leaveSession } from './publisher.ts';
import { logsAll, type SentAgain, sentAgain } from './sent-again.ts';

const seed = Number(process.env['MILLRACE_SEED'] ?? Date.now() % 1_000_000);
const maxUnacked = 200;
const program = '../../mqtt/programs/windows';

interface Seen {
  readonly n: number;
  readonly device: string;
  readonly duplicate: boolean;
}

interface Window {
  readonly device: string;
  readonly windowStart: number;
  readonly count: number;
  readonly seen: readonly number[];
}

const lines = <T>(path: string): T[] => {
  // The last one may not be there whole while a job writes it.
  const whole = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  return whole.map((line) => JSON.parse(line) as T);
};

/** What is killed, how often, and in which folder it works. */
export interface KilledJob {
  readonly version: 4 | 5;
  readonly qos: 1 | 2;
  readonly journal?: boolean;
  readonly kills: number;
  readonly folder: string;
}

/** A job from MQTT to windows, to files, is killed at random again and again while messages come; then what came out is counted: so many were lost. */
export async function killAndCount({ version, qos, journal = false, kills, folder }: KilledJob): Promise<number> {
  const random = randomFrom(seed);
  const broker = await mosquitto('max_queued_messages 0', 'max_inflight_messages 100', ...logsAll);
  await leaveSession(broker.url, 'killed', ['site/+/reading'], qos, version);
  const publisher = await clientOf(broker.url);
  (publisher.stream as Socket).setNoDelay(true);
  const path = mkdtempSync(join(folder, 'killed-'));
  const given = [
    path,
    broker.url,
    String(qos),
    `maxUnacked=${maxUnacked}`,
    `version=${version}`,
    `journal=${journal ? 'journal' : ''}`,
  ];
  // Readings that differ, and readings that are all the same.
  let published = 0;
  const over = new AbortController();
  const publish = (device: string, n: number, at: number): Promise<unknown> =>
    publisher.publishAsync(`site/${device}/reading`, JSON.stringify({ n, at }), { qos });
  const publishing = (async () => {
    while (!over.signal.aborted) {
      const some = Array.from({ length: 20 }, () => published++);
      await Promise.all(some.flatMap((n) => [publish(`d${n % 3}`, n, 1_000 + n * 5), publish('same', 0, 0)]));
      await pause(10);
    }
  })();
  for (let done = 0; done < kills; done++) {
    const { child, ended } = start(program, ...given);
    const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random() * 1_500);
    const { by, printed, errors } = await ended;
    clearTimeout(timer);
    expect([by, `seed ${seed}: ${printed}${errors}`]).toEqual(['SIGKILL', expect.any(String)]);
  }
  over.abort();
  await publishing;
  // Later than all others: their windows close.
  for (const device of ['d0', 'd1', 'd2']) await publish(device, -1, 10_000_000);
  const { child, ended } = start(program, ...given);
  await until(() => lines<Seen>(join(path, 'seen.jsonl')).filter(({ n }) => n === -1).length >= 3);
  await pause(300);
  child.kill('SIGTERM');
  const { report, errors } = await ended;
  expect([report, errors]).toEqual([{ how: 'stopped', balanced: true }, expect.any(String)]);
  await publisher.endAsync();
  await broker.stop();
  return judge(path, qos, published, kills, sentAgain(broker, 'killed'));
}

function judge(path: string, qos: 1 | 2, published: number, kills: number, sent: SentAgain): number {
  const { again, against, mostOut } = sent;
  const seen = lines<Seen>(join(path, 'seen.jsonl'));
  const windows = lines<Window>(join(path, 'windows.jsonl'));
  const differing = seen.filter(({ device, n }) => device !== 'same' && n >= 0);
  const same = seen.filter(({ device }) => device === 'same');
  const inWindows = windows.filter(({ device }) => device !== 'same').flatMap((each) => each.seen);
  const times = new Map<number, number>();
  const repeats: Seen[] = [];
  for (const each of differing) {
    const before = times.get(each.n) ?? 0;
    times.set(each.n, before + 1);
    if (before > 0) repeats.push(each);
  }
  const sameRepeats = same.length - published;
  const told = `seed ${seed}, ${published} published, ${repeats.length} repeats, ${again} sent again, ${against} against the rules`;
  // Nothing is lost, in neither place.
  expect([told, times.size]).toEqual([told, published]);
  expect([told, new Set(inWindows).size]).toEqual([told, published]);
  expect(same.length).toBeGreaterThanOrEqual(published);
  // Only what the broker has sent again comes twice, and says so; of QoS 2 only what it must not have sent.
  expect(repeats.length + sameRepeats).toBeLessThanOrEqual(qos === 2 ? against : again);
  // And only what was out when the process died: where the broker keeps to its limit, no more than may be.
  expect(repeats.length + sameRepeats).toBeLessThanOrEqual(kills * Math.max(maxUnacked, mostOut));
  expect(repeats.filter(({ duplicate }) => !duplicate)).toEqual([]);
  // All of QoS 2 comes in order.
  const order = [...times.keys()];
  if (qos === 2) expect([told, order]).toEqual([told, Array.from({ length: published }, (_, n) => n)]);
  if (qos === 2 && against === 0) expect([told, inWindows.length]).toEqual([told, published]);
  console.log(`QoS ${qos}: ${told}, ${sameRepeats} of those that are the same`);
  return published - times.size;
}
