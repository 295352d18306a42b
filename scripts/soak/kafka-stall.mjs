// KAFKA_BROKERS=host:port node scripts/soak/kafka-stall.mjs [minutes]: a sink that stands still for so long while the session
// of the consumer lasts 10 s; by hand, after `npm run build`. Messages go on coming meanwhile. In the end each of them must
// have come once, in the order of its partition, to a member that its group never lost.
import assert from 'node:assert/strict';
import { Kafka, logLevel } from 'kafkajs';
import { json, stream, toFunction } from 'millrace';
import { fromKafka } from 'millrace/connectors/kafka';
import { pause, waitUntil } from './wait-until.mjs';

/** @typedef {{ readonly partition: number, readonly n: number }} Row */

const minutes = Number(process.argv[2] ?? 10);
const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, connectionTimeout: 10_000 });
const [topic, groupId] = [`stall-${Date.now()}`, `stall-${Date.now()}`];
const partitions = 4;
const before = 100_000;
const standsAt = 5_000;

const admin = kafka.admin();
const producer = kafka.producer({ idempotent: true });
await Promise.all([admin.connect(), producer.connect()]);
await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });

let sent = 0;
/** Writes so many more: the number of a message goes up in each partition. */
async function send(/** @type {number} */ count) {
  for (const end = sent + count; sent < end; sent += 1_000) {
    const messages = Array.from({ length: 1_000 }, (_, index) => {
      const partition = (sent + index) % partitions;
      return { partition, value: JSON.stringify({ partition, n: sent + index, note: 'x'.repeat(200) }) };
    });
    await producer.send({ topic, messages });
  }
}

const last = Array.from({ length: partitions }, () => -1);
let seen = 0;
/** @type {Promise<void> | undefined} */
let standing;
const sink = toFunction(async (/** @type {readonly Row[]} */ rows) => {
  for (const { partition, n } of rows) {
    assert.equal(n, last[partition] === -1 ? partition : (last[partition] ?? 0) + partitions);
    last[partition] = n;
  }
  seen += rows.length;
  if (seen >= standsAt) await (standing ??= stand());
});

async function member() {
  const { groups } = await admin.describeGroups([groupId]);
  return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
}

async function stand() {
  const [first, until] = [await member(), performance.now() + minutes * 60_000];
  console.log(`stands still behind ${seen} messages, as ${first.join()}`);
  while (performance.now() < until) {
    await pause(10_000);
    await send(1_000);
    assert.deepEqual(await member(), first);
    const { rss } = process.memoryUsage();
    console.log(`${Math.round((until - performance.now()) / 1_000)} s to go, ${Math.round(rss / 1e6)} MB`);
  }
}

await send(before);
const source = fromKafka({
  kafka,
  topic,
  groupId,
  from: 'earliest',
  value: json(),
  sessionTimeout: '10s',
});
const job = stream(source).to(sink);
const ended = job.run({ name: groupId });
await waitUntil(() => standing !== undefined);
await standing;
await waitUntil(() => seen === sent);
await pause(2_000);
await job.stop();
const { state, restarts, balanced } = await ended;
assert.deepEqual({ state, restarts, balanced, seen }, { state: 'stopped', restarts: 0, balanced: true, seen: sent });
console.log(`${seen} messages came once, in order`);
await Promise.all([admin.deleteTopics({ topics: [topic] }), producer.disconnect()]);
await admin.disconnect();
