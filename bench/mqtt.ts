// Reading from Mosquitto: `node build/bench/mqtt.js [messages] [rounds]`, behind `npm run build` and `tsc -p tsconfig.programs.json`.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, stream, toFunction } from 'millrace';
import { directory } from 'millrace/connectors/files';
import { fromMqtt } from 'millrace/connectors/mqtt';
import mqtt from 'mqtt';

interface Reading {
  readonly device: string;
  readonly at: number;
  readonly temperature: number;
}

type Qos = 0 | 1;

const messages = Number(process.argv[2] ?? 50_000);
const rounds = Number(process.argv[3] ?? 5);
const receiveMaximum = 1_000;
const port = 20_000 + (process.pid % 10_000);
const url = `mqtt://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const topic = 'bench/readings';

/** mqtt.js by itself, which acknowledges at once. */
async function bare(clientId: string, qos: Qos): Promise<number> {
  const properties = { sessionExpiryInterval: 3_600, receiveMaximum };
  const client = mqtt.connect(url, { clientId, clean: false, protocolVersion: 5, properties });
  let [seen, sum] = [0, 0];
  await new Promise<void>((resolve) => {
    client.on('message', (_topic, payload) => {
      sum += (JSON.parse(payload.toString()) as Reading).temperature;
      if (++seen === messages) resolve();
    });
    client.subscribe(topic, { qos });
  });
  await client.endAsync(true);
  return sum;
}

/** The same as a job; `state`: with checkpoints on a disk. */
async function job(clientId: string, qos: Qos, state?: string, journal?: string): Promise<number> {
  let [seen, sum] = [0, 0];
  const own = { url, topic, value: json<Reading>(), clientId, qos, maxUnacked: receiveMaximum };
  const source = fromMqtt(journal === undefined ? own : { ...own, journal });
  const running = stream(source).to(
    toFunction<Reading>((rows) => {
      for (const row of rows) sum += row.temperature;
      seen += rows.length;
      if (seen >= messages) void running.stop();
    }),
  );
  await running.run(state === undefined ? {} : { name: clientId, checkpoint: directory(state) });
  return sum;
}

const contestants = {
  'mqtt.js, acknowledges at once': bare,
  'millrace, checkpoints in memory': (id: string, qos: Qos) => job(id, qos),
  'millrace, checkpoints on disk': (id: string, qos: Qos) => job(id, qos, join(folder, id)),
  'millrace, the same and a journal': (id: string, qos: Qos) => job(id, qos, join(folder, id), join(folder, `${id}-j`)),
};

/** Sessions for which the same messages wait: one for each run. */
async function fill(ids: readonly string[], qos: Qos): Promise<void> {
  for (const clientId of ids) {
    const properties = { sessionExpiryInterval: 3_600 };
    const client = await mqtt.connectAsync(url, { clientId, clean: false, protocolVersion: 5, properties });
    await client.subscribeAsync(topic, { qos });
    await client.endAsync();
  }
  const publisher = await mqtt.connectAsync(url, { protocolVersion: 5 });
  for (let from = 0; from < messages; from += 100) {
    const sent = Array.from({ length: Math.min(100, messages - from) }, (_, index) =>
      publisher.publishAsync(topic, message(from + index), { qos: 1 }),
    );
    await Promise.all(sent);
  }
  await publisher.endAsync();
}

function message(index: number): string {
  const [device, at, temperature] = [`device-${index % 100}`, 1_700_000_000_000 + index * 20, (index * 7919) % 1_000];
  return JSON.stringify({ device, at, temperature, humidity: 40, pressure: 1_013, battery: 87, firmware: '1.4.2' });
}

async function hold(qos: Qos): Promise<void> {
  const runs = Array.from({ length: rounds + 1 }, (_, round) =>
    Object.entries(contestants).map(([name, run]) => ({
      name,
      run,
      id: `q${qos}-${round}-${name.replaceAll(/\W/g, '')}`,
    })),
  );
  await fill(
    runs.flatMap((round) => round.map(({ id }) => id)),
    qos,
  );
  const [speeds, cpu] = [new Map<string, number[]>(), new Map<string, number[]>()];
  for (const [round, each] of runs.entries()) {
    for (const { name, run, id } of each) {
      const [began, cpuBegan] = [performance.now(), process.cpuUsage()];
      await run(id, qos);
      const perSecond = messages / ((performance.now() - began) / 1_000);
      const { user, system } = process.cpuUsage(cpuBegan);
      // The first round warms up.
      if (round > 0) add(speeds, name, perSecond);
      if (round > 0) add(cpu, name, (user + system) / messages);
    }
  }
  console.log(`\nQoS ${qos}, ${messages} messages, receive maximum ${receiveMaximum}, ${rounds} rounds\n`);
  console.log('|                                  | messages a second | ratio | CPU a message | ratio |');
  for (const name of Object.keys(contestants)) {
    const [speed, cost] = [speeds.get(name)!, cpu.get(name)!];
    const columns = [`${Math.round(median(speed))}`, ratio(speed, [...speeds.values()][0]!)];
    const costs = [`${median(cost).toFixed(1)} µs`, ratio([...cpu.values()][0]!, cost)];
    console.log(`| ${[name.padEnd(32), ...columns, ...costs].join(' | ')} |`);
  }
}

function add(found: Map<string, number[]>, name: string, value: number): void {
  found.set(name, [...(found.get(name) ?? []), value]);
}

/** Of the same rounds, so that what else the machine does weighs on both. */
function ratio(values: readonly number[], others: readonly number[]): string {
  return median(values.map((value, round) => value / others[round]!)).toFixed(2);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function startBroker(): ChildProcess {
  const config = join(folder, 'mosquitto.conf');
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0', 'set_tcp_nodelay true'];
  writeFileSync(config, [...lines, 'queue_qos0_messages true', 'max_inflight_messages 1000', ''].join('\n'));
  return spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
}

const broker = startBroker();
await new Promise((resolve) => setTimeout(resolve, 500));
try {
  await hold(0);
  await hold(1);
} finally {
  broker.kill();
  rmSync(folder, { recursive: true, force: true });
}
