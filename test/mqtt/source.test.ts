import { describe, expect, it } from 'vitest';
import { fromMqtt } from '../../connectors/mqtt/index.ts';
import { text } from '../../src/index.ts';
import { obeysSourceContract } from '../support/connector-contract.ts';
import { type Mosquitto, mosquitto } from '../support/mqtt/mosquitto.ts';
import { numbered, pause, until } from '../support/mqtt/numbered.ts';
import { clientOf, leaveSession, publishAll } from '../support/mqtt/publisher.ts';
import { reading } from '../support/mqtt/read-source.ts';

const nobody = { url: 'mqtt://127.0.0.1:1', clientId: 'c', topic: 'a', value: text() };
let sessions = 0;

/** A session for which messages wait, and its source. */
async function waiting(broker: Mosquitto, payloads: readonly string[], qos: 1 | 2, options: object = {}) {
  const { connect } = options as { readonly connect?: { readonly protocolVersion?: 4 } };
  const clientId = `session-${sessions++}`;
  await leaveSession(broker.url, clientId, [`${clientId}/#`], qos, connect?.protocolVersion ?? 5);
  const publisher = await clientOf(broker.url);
  await publishAll(publisher, `${clientId}/x`, payloads, { qos });
  await publisher.endAsync();
  return () => fromMqtt({ url: broker.url, clientId, topic: `${clientId}/#`, value: text(), qos, ...options });
}

describe.each([
  [5, 1],
  [5, 2],
  [4, 1],
] as const)('fromMqtt over Mosquitto, MQTT %i, QoS %i', (protocolVersion, qos) => {
  obeysSourceContract(
    'fromMqtt',
    async () => {
      const broker = await mosquitto();
      const source = await waiting(broker, numbered(7), qos, { connect: { protocolVersion } });
      return source();
    },
    {
      expected: { '0': numbered(7) },
      unreachable: () => fromMqtt(nobody),
      openHandles: async () => {
        await pause(20);
        return process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length;
      },
      ends: false,
    },
  );
});

describe.each([
  [5, 1],
  [5, 2],
  [4, 1],
  [4, 2],
] as const)('a message of MQTT %i, QoS %i', (protocolVersion, qos) => {
  const options = { connect: { protocolVersion } };

  it('comes again as long as no checkpoint covers it', async () => {
    const source = await waiting(await mosquitto(), numbered(10), qos, options);
    const first = reading(source());
    await first.readUntil(10);
    expect(first.records).toEqual(numbered(10));
    await first.reader.close();
    const second = reading(source());
    await second.readUntil(10);
    expect(second.records).toEqual(numbered(10));
  });

  it('does not come again when a checkpoint covers it, and those behind it do, in order', async () => {
    const source = await waiting(await mosquitto(), numbered(10), qos, options);
    const first = reading(source());
    await first.readUntil(10);
    const batch = first.events.findLast((event) => event.kind === 'batch');
    expect(batch).toBeDefined();
    // As far as the sixth record: whichever batch that was in.
    first.positions['0'] = positionBehind(first.events, 6);
    const held = await first.checkpoint();
    await pause();
    await first.reader.close();
    const second = reading(source(), { positions: held });
    await second.readUntil(4);
    expect(second.records).toEqual(numbered(4, 6));
  });

  it('makes room for many more than may be out, and asks for a checkpoint when half of that waits', async () => {
    const broker = await mosquitto('max_queued_messages 0');
    const given = protocolVersion === 5 ? { maxUnacked: 20, ...options } : options;
    const source = await waiting(broker, numbered(300), qos, given);
    const read = reading(source(), { notice: ({ kind }) => void (kind === 'checkpoint' && wanted()) });
    let checkpoints = 0;
    const wanted = (): void => {
      checkpoints++;
      queueMicrotask(() => void read.checkpoint());
    };
    await read.readUntil(300);
    expect(read.records).toEqual(numbered(300));
    expect(checkpoints).toBeGreaterThan(1);
  });
});

describe('a shared subscription', () => {
  it('deals messages out, each to one of its readers', async () => {
    const { url } = await mosquitto('max_queued_messages 0');
    const source = (clientId: string): ReturnType<typeof fromMqtt<string>> =>
      fromMqtt({ url, clientId, topic: '$share/group/a/#', value: text() });
    const [one, two] = [reading(source('one')), reading(source('two'))];
    await Promise.all([one.readUntil(0), two.readUntil(0)]);
    await publishAll(await clientOf(url), 'a/b', numbered(40));
    for (const each of [one, two]) void each.readUntil(40);
    await until(() => one.records.length + two.records.length === 40);
    expect([...one.records, ...two.records].toSorted()).toEqual(numbered(40).toSorted());
    expect([one.records.length > 0, two.records.length > 0]).toEqual([true, true]);
  });
});

function positionBehind(events: ReturnType<typeof reading<string>>['events'], count: number) {
  let before = 0;
  for (const event of events) {
    if (event.kind !== 'batch') continue;
    const { records } = event.batch;
    if (before + records.length >= count) return event.batch.positionAfter(count - before);
    before += records.length;
  }
  throw new Error(`there are no ${count} records`);
}
