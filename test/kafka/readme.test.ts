import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { readTopic, send } from '../support/kafka/messages.ts';
import { kafkaClient, sharedTopic, testTopic } from '../support/kafka/test-topic.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const brokers = (): string => inject('kafkaBrokers').join(',');

/** Runs a program of this package in a folder of its own. */
function run(program: string, given: readonly string[], cwd: string) {
  const env = { ...process.env, KAFKA_BROKERS: brokers(), KAFKAJS_NO_PARTITIONER_WARNING: '1' };
  const child = spawn(process.execPath, [program, ...given], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (text) => (printed += String(text)));
  child.stderr.on('data', (text) => (printed += String(text)));
  const ended = new Promise<{ readonly code: number | null; readonly printed: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, printed }));
  });
  return { child, ended };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-readme-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const reading = (deviceId: string | null, at: string, temperature: unknown) => ({
  partition: 0,
  value: JSON.stringify({ deviceId, at: `2026-01-01T10:${at}Z`, temperature }),
});

async function rowsOf(topic: string) {
  return (await readTopic(topic)).map(({ value }) => {
    const { deviceId, mean, max, n, smoothed } = JSON.parse(value ?? '') as Record<string, unknown>;
    return [deviceId, mean, max, n, smoothed];
  });
}

/** The block of a page in which this text stands, as a program within this package, so that it finds 'millrace' as a user does. */
async function programOf(page: string, text: string, name: string, more = ''): Promise<string> {
  const blocks = (await readFile(join(root, page), 'utf8')).matchAll(/^```ts\n(.*?)^```/gms);
  const sample = [...blocks].map(([, code]) => code ?? '').find((each) => each.includes(text));
  const programs = join(root, 'build/test/readme');
  await mkdir(programs, { recursive: true });
  const program = join(programs, `${name}.mjs`);
  await writeFile(program, (await transform(`${sample}${more}`, { loader: 'ts', target: 'node20' })).code);
  return program;
}

/** Topics of these names; they are deleted behind the test. */
async function topicsNamed(...topics: readonly string[]): Promise<void> {
  for (const topic of topics) await sharedTopic(1, {}, topic);
  onTestFinished(async () => {
    const admin = kafkaClient().admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [...topics] });
    await admin.disconnect();
  });
}

it('the sample of the README runs as it is written', async () => {
  const program = await programOf('README.md', 'fromKafka', 'kafka');
  await topicsNamed('readings', 'rollups');
  await send('readings', [
    reading('a', '00:01', '20'),
    reading('a', '00:30', '22'),
    reading(null, '00:31', '99'),
    reading('b', '00:59', '5'),
    reading('a', '01:10', '31'),
    reading('b', '02:30', '6'),
  ]);
  const { child, ended } = run(program, [], await folder());
  await vi.waitFor(
    async () => {
      expect(await rowsOf('rollups')).toEqual([
        ['a', 21, 22, 2, 21],
        ['b', 5, 5, 1, 5],
        ['a', 31, 31, 1, 23],
      ]);
    },
    { timeout: 30_000, interval: 500 },
  );
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});

it('the example rolls up what has come, and goes on from there when it is run again', async () => {
  const [from, to, cwd] = [await testTopic(), await testTopic(), await folder()];
  const program = join(root, 'build/examples/kafka-rollup.js');
  const rollup = () => run(program, [from, to], cwd).ended;
  await send(from, [reading('a', '00:01', 20), reading('a', '00:30', 'hot'), reading(null, '00:31', 1)]);
  const first = await rollup();
  expect(first.printed).toContain('cast                     in 2, out 1, filtered 0, rejected 1');
  expect(first.code).toBe(0);
  expect(await rowsOf(to)).toEqual([]);
  await send(from, [reading('a', '00:40', 22), reading('a', '01:30', 40)]);
  expect((await rollup()).code).toBe(0);
  expect(await rowsOf(to)).toEqual([['a', 21, 22, 2, 21]]);
  const rejected = await readFile(join(cwd, 'state/rejected.jsonl'), 'utf8');
  expect(
    rejected
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { received: unknown }).received),
  ).toEqual(['hot']);
});

it('the page has an example of another key that runs as it is written', async () => {
  const main = `
    import { Kafka as Client } from 'kafkajs';
    import { directory } from 'millrace/connectors/files';
    await run(new Client({ brokers: process.env.KAFKA_BROKERS.split(',') }), directory('./state'));`;
  const program = await programOf('docs/connectors/kafka.md', 'readings-by-site', 'another-key', main);
  await topicsNamed('readings', 'readings-by-site', 'sites');
  const row = (deviceId: string, site: string, minute: number, temperature: number) => ({
    partition: 0,
    key: deviceId,
    value: JSON.stringify({ deviceId, site, at: Date.UTC(2026, 0, 1, 0, minute), temperature }),
  });
  await send('readings', [row('a', 'x', 0, 1), row('b', 'x', 0, 3), row('c', 'y', 0, 2), row('a', 'x', 20, 0)]);
  const { child, ended } = run(program, [], await folder());
  await vi.waitFor(
    async () => {
      const rows = (await readTopic('sites')).map(({ key, value }) => ({
        key,
        ...(JSON.parse(value ?? '') as object),
      }));
      expect(rows).toMatchObject([
        { key: 'x', site: 'x', hottest: 3, n: 2 },
        { key: 'y', site: 'y', hottest: 2, n: 1 },
      ]);
    },
    { timeout: 30_000, interval: 500 },
  );
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});
