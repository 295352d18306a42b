// MQTT_URL=mqtt://host:port node scripts/soak/mqtt-stall.mjs [minutes] [journal]: a sink that stands still for so long while
// the keep-alive of the session is 10 s; by hand, after `npm run build`. Messages go on coming meanwhile, more than may be
// out, so that the broker must queue them without a limit (Mosquitto: `max_queued_messages 0`). The connection must last, and
// memory must not grow. In the end each message must have come once, in order.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, stream, toFunction } from 'millrace';
import { directory } from 'millrace/connectors/files';
import { fromMqtt } from 'millrace/connectors/mqtt';
import mqtt from 'mqtt';
import { pause, waitUntil } from './wait-until.mjs';

/** @typedef {{ readonly n: number }} Row */

const [, , minutes = '60', journal = ''] = process.argv;
const url = process.env['MQTT_URL'] ?? 'mqtt://127.0.0.1:1883';
const clientId = `stall-${process.pid}-${Date.now()}`;
const topic = `${clientId}/readings`;
const before = 10_000;
const standsAt = 5_000;
/** What would be held of an hour's messages takes more. */
const mayGrowBy = 100e6;

/** The session is there before the first message, so that none passes it by. */
async function leaveSession() {
  const properties = { sessionExpiryInterval: 86_400 };
  const client = await mqtt.connectAsync(url, { clientId, clean: false, protocolVersion: 5, properties });
  await client.subscribeAsync(topic, { qos: 1 });
  await client.endAsync();
}

await leaveSession();
const publisher = await mqtt.connectAsync(url, { protocolVersion: 5 });
let sent = 0;
async function send(/** @type {number} */ count) {
  for (const end = sent + count; sent < end; sent += 100) {
    const payloads = Array.from({ length: 100 }, (_, index) => ({ n: sent + index, note: 'x'.repeat(200) }));
    await Promise.all(payloads.map((each) => publisher.publishAsync(topic, JSON.stringify(each), { qos: 1 })));
  }
}

let seen = 0;
/** @type {Promise<void> | undefined} */
let standing;
const sink = toFunction(async (/** @type {readonly Row[]} */ rows) => {
  for (const { n } of rows) assert.equal(n, seen++);
  if (seen >= standsAt) await (standing ??= stand());
});

async function stand() {
  const until = performance.now() + Number(minutes) * 60_000;
  const atFirst = memory();
  console.log(`stands still behind ${seen} messages, ${mega(atFirst)}`);
  for (let tens = 1; performance.now() < until; tens++) {
    await pause(10_000);
    await send(1_000);
    assert.deepEqual(warnings, []);
    const now = memory();
    assert.ok(now - atFirst < mayGrowBy, `memory has grown from ${mega(atFirst)} to ${mega(now)}`);
    if (tens % 6 === 0) console.log(`${tens / 6} min, ${sent} sent, ${mega(now)}`);
  }
}

function memory() {
  return process.memoryUsage.rss();
}

function mega(/** @type {number} */ bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

await send(before);
const folder = await mkdtemp(join(tmpdir(), 'millrace-stall-'));
const source = fromMqtt({
  url,
  topic,
  clientId,
  value: json(),
  connect: { keepalive: 10 },
  ...(journal === '' ? {} : { journal: join(folder, 'journal') }),
});
const job = stream(source).to(sink);
/** A connection that is lost, a session that is gone, a restart: each would be told here. @type {unknown[]} */
const warnings = [];
job.warnings$.subscribe((warning) => {
  // It is so of this sink, and said at start.
  if (warning.code !== 'ML_AT_LEAST_ONCE') warnings.push(warning);
});
const ended = job.run({ name: clientId, checkpoint: directory(join(folder, 'state')) });
await Promise.race([waitUntil(() => standing !== undefined), ended]);
await Promise.race([standing, ended]);
await Promise.race([waitUntil(() => seen === sent), ended]);
await pause(2_000);
await job.stop();
const { state, restarts, balanced } = await ended;
const expected = { state: 'stopped', restarts: 0, balanced: true, seen: sent, warnings: [] };
assert.deepEqual({ state, restarts, balanced, seen, warnings }, expected);
console.log(`${seen} messages came once, in order`);
await publisher.endAsync();
await rm(folder, { recursive: true });
