import mqtt, { type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answers, type InboundMessage, takeInbound } from '../../connectors/mqtt/wire/inbound.ts';
import { mosquitto } from '../support/mqtt/mosquitto.ts';
import { numbered, pause, until } from '../support/mqtt/numbered.ts';
import { clientOf, leaveSession, publishAll } from '../support/mqtt/publisher.ts';

interface Taken {
  readonly client: MqttClient;
  readonly answers: Answers;
  readonly got: InboundMessage[];
  readonly released: number[];
  readonly errors: Error[];
}

/** A client whose messages nobody acknowledges but the test. */
async function taken(url: string, protocolVersion: 4 | 5, receiveMaximum = 5): Promise<Taken> {
  const properties = protocolVersion === 5 ? { properties: { receiveMaximum, sessionExpiryInterval: 3_600 } } : {};
  const options = { clientId: 'held', clean: false, keepalive: 1, protocolVersion, reconnectPeriod: 0 };
  const client = mqtt.connect(url, { ...options, ...properties, manualConnect: true });
  onTestFinished(() => void client.end(true));
  const [got, released, errors]: [InboundMessage[], number[], Error[]] = [[], [], []];
  client.on('error', (error) => errors.push(error));
  const answers = takeInbound('test', client, {
    arrived: (message, more) => {
      got.push(message);
      more();
    },
    released: (id) => released.push(id),
  });
  const connected = new Promise((resolve) => client.once('connect', resolve));
  client.connect();
  await connected;
  return { client, answers, got, released, errors };
}

describe.each([4, 5] as const)('messages that are taken out of the hands of mqtt.js, MQTT %i', (version) => {
  it('go on coming up to the limit while none is acknowledged, and pings with them', async () => {
    const limit = version === 5 ? 5 : 20;
    const { url } = await mosquitto();
    await leaveSession(url, 'held', ['a/#'], 1, version);
    await publishAll(await clientOf(url), 'a/b', numbered(60));
    const { client, got, errors } = await taken(url, version);
    await until(() => got.length >= limit);
    // Longer than the broker and the client wait for a sign of life.
    await pause(2_500);
    expect(got.map(({ payload }) => String(payload))).toEqual(numbered(limit));
    expect([errors, client.connected]).toEqual([[], true]);
  });

  it('come again, marked, until they are acknowledged, in the same order', async () => {
    const { url } = await mosquitto();
    await leaveSession(url, 'held', ['a/#'], 1, version);
    await publishAll(await clientOf(url), 'a/b', numbered(4));
    const first = await taken(url, version);
    await until(() => first.got.length === 4);
    expect(first.got.map(({ duplicate }) => duplicate)).toEqual([false, false, false, false]);
    first.answers.acknowledge(first.got[0]!.id);
    first.answers.acknowledge(first.got[1]!.id);
    await pause();
    first.client.stream.destroy();
    const second = await taken(url, version);
    await until(() => second.got.length === 2);
    await pause();
    expect(second.got.map(({ payload, duplicate }) => [String(payload), duplicate])).toEqual([
      ['m2', true],
      ['m3', true],
    ]);
  });

  it('of QoS 2 are released when they are received, and leave room only when that is complete', async () => {
    const { url } = await mosquitto('max_inflight_messages 5');
    await leaveSession(url, 'held', ['a/#'], 2, version);
    await publishAll(await clientOf(url), 'a/b', numbered(8), { qos: 2 });
    const { answers, got, released } = await taken(url, version);
    await until(() => got.length === 5);
    for (const { id } of got) answers.receive(id);
    await until(() => released.length === 5);
    await pause();
    expect(got).toHaveLength(5);
    for (const id of released) answers.complete(id);
    await until(() => got.length === 8);
    expect(got.map(({ payload }) => String(payload))).toEqual(numbered(8));
  });

  it('of QoS 0 wait for each other where nothing more is to be read', async () => {
    const { url } = await mosquitto();
    const { client, got } = await taken(url, version);
    const waiting: (() => void)[] = [];
    const answers = takeInbound('test', client, {
      arrived: (message, more) => {
        got.push(message);
        waiting.push(more);
      },
      released: () => {},
    });
    expect(answers).toBeDefined();
    await client.subscribeAsync('a/#', { qos: 0 });
    await publishAll(await clientOf(url), 'a/b', numbered(3), { qos: 0 });
    await until(() => got.length > 0);
    await pause();
    expect(got.map(({ payload, qos }) => [String(payload), qos])).toEqual([['m0', 0]]);
    waiting[0]!();
    await until(() => got.length === 2);
    expect(String(got[1]!.payload)).toBe('m1');
  });
});

describe('a backlog of QoS 2 that is more than the receive maximum', () => {
  it('is taken though Mosquitto 2.0 sends more than it may', async () => {
    const { url } = await mosquitto('max_queued_messages 0');
    await leaveSession(url, 'held', ['a/#'], 2);
    await publishAll(await clientOf(url), 'a/b', numbered(500), { qos: 2 });
    const { answers, client, errors, got, released } = await taken(url, 5, 20);
    let [received, completed] = [0, 0];
    while (got.length < 500 || completed < 500) {
      for (; received < got.length; received++) answers.receive(got[received]!.id);
      for (; completed < released.length; completed++) answers.complete(released[completed]!);
      await pause(5);
    }
    expect([got.map(({ payload }) => String(payload)), errors, client.connected]).toEqual([numbered(500), [], true]);
  });
});

describe('a version of mqtt.js that is built in another way', () => {
  it('is refused', () => {
    const other = { options: {}, on: () => {} } as unknown as MqttClient;
    expect(() => takeInbound('fromMqtt', other, { arrived: () => {}, released: () => {} })).toThrow(
      expect.objectContaining({ code: 'ML_MQTT_DRIVER', retryable: false }),
    );
  });
});
