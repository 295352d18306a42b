import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fromMqtt } from '../../connectors/mqtt/index.ts';
import { text } from '../../src/index.ts';
import { mosquitto } from '../support/mqtt/mosquitto.ts';
import { numbered, pause, until } from '../support/mqtt/numbered.ts';
import { clientOf, leaveSession, publishAll } from '../support/mqtt/publisher.ts';
import { type Reading, reading } from '../support/mqtt/read-source.ts';

const warnings = (read: Reading<unknown>): string[] =>
  read.notices.flatMap((notice) => (notice.kind === 'warning' ? [notice.message] : []));

describe('fromMqtt, where the connection is lost', () => {
  it('drops what comes again of what it holds already, and acknowledges it later', async () => {
    const broker = await mosquitto('persistence true', 'persistence_location {folder}/');
    await leaveSession(broker.url, 'c', ['a/#']);
    await publishAll(await clientOf(broker.url), 'a/b', numbered(10));
    const read = reading(fromMqtt({ url: broker.url, clientId: 'c', topic: 'a/#', value: text() }));
    await read.readUntil(10);
    await broker.stop();
    await broker.start();
    await publishAll(await clientOf(broker.url), 'a/b', numbered(5, 10));
    await read.readUntil(15);
    expect(read.records).toEqual(numbered(15));
    expect(warnings(read)).toHaveLength(1);
    expect(warnings(read)[0]).toContain('the connection is lost');
    await read.checkpoint();
    await pause();
    await read.reader.close();
    const again = reading(fromMqtt({ url: broker.url, clientId: 'c', topic: 'a/#', value: text() }));
    await publishAll(await clientOf(broker.url), 'a/b', ['last']);
    await again.readUntil(1);
    expect(again.records).toEqual(['last']);
  });

  it('subscribes again where the broker has forgotten the session, and says what that may have lost', async () => {
    const broker = await mosquitto('persistence false');
    const read = reading(fromMqtt({ url: broker.url, clientId: 'c', topic: 'a/#', value: text() }));
    await read.readUntil(0);
    await broker.kill();
    await broker.start();
    void read.readUntil(3);
    await until(() => warnings(read).length === 2);
    expect(warnings(read)[1]).toContain('the broker has lost the session of "c"');
    await pause();
    await publishAll(await clientOf(broker.url), 'a/b', numbered(3));
    await until(() => read.records.length === 3);
    expect(read.records).toEqual(numbered(3));
  });

  it('takes new messages for new where a broker without memory gives them the ids of old ones', async () => {
    const broker = await mosquitto('persistence false');
    const source = fromMqtt({ url: broker.url, clientId: 'c', topic: 'a/#', value: text(), qos: 2 });
    const read = reading(source);
    await read.readUntil(0);
    await publishAll(await clientOf(broker.url), 'a/b', numbered(3), { qos: 2 });
    await read.readUntil(3);
    await read.checkpoint();
    await broker.kill();
    await broker.start();
    const reads = read.readUntil(6);
    await until(() => warnings(read).length === 2);
    await pause();
    await publishAll(await clientOf(broker.url), 'a/b', numbered(3, 3), { qos: 2 });
    await reads;
    expect(read.records).toEqual(numbered(6));
  });

  it('is told of a session that was lost while nobody was there', async () => {
    const broker = await mosquitto();
    const source = fromMqtt({ url: broker.url, clientId: 'c', topic: 'a', value: text() });
    const read = reading(source, { positions: { '0': { received: 7 } } });
    await read.readUntil(0);
    expect(warnings(read)).toEqual([expect.stringContaining('has lost the session of "c"')]);
  });
});

describe('fromMqtt, where the broker is not ready when the connection is lost', () => {
  it.each([
    [5, [0x20, 3, 0, 0x88, 0]],
    [4, [0x20, 2, 0, 3]],
  ])('tries again until it is: MQTT %i', async (protocolVersion, unavailable) => {
    const broker = await mosquitto('persistence true', 'persistence_location {folder}/');
    const options = { url: broker.url, clientId: 'c', topic: 'a/#', value: text(), connect: { protocolVersion } };
    const read = reading(fromMqtt(options));
    await read.readUntil(0);
    await broker.stop();
    let refusals = 0;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        refusals++;
        socket.end(Uint8Array.from(unavailable));
      });
    });
    await new Promise<void>((resolve) => server.listen(broker.port, '127.0.0.1', resolve));
    await until(() => refusals === 2);
    await new Promise((resolve) => server.close(resolve));
    await broker.start();
    const reads = read.readUntil(1);
    await publishAll(await clientOf(broker.url), 'a/b', ['m']);
    await reads;
    expect(read.records).toEqual(['m']);
  });
});

describe('fromMqtt, where somebody else comes with its id', () => {
  it('fails instead of fighting for the session', async () => {
    const broker = await mosquitto();
    const source = (): ReturnType<typeof fromMqtt<string>> =>
      fromMqtt({ url: broker.url, clientId: 'c', topic: 'a', value: text() });
    const [one, two] = [reading(source()), reading(source())];
    await one.readUntil(0);
    await two.readUntil(0);
    const ends = [one, two].map((each) => each.readUntil(1));
    const first = await Promise.race(ends.map((end) => end.then(() => undefined).catch((cause: unknown) => cause)));
    expect(first).toMatchObject({ code: 'ML_MQTT_SESSION_TAKEN', retryable: false });
    for (const end of ends) end.catch(() => {});
  });

  it('fails at once where the broker says so', async () => {
    const url = await scripted([0x20, 3, 0, 0, 0], [0x90, 4, 0, 1, 0, 1], [0xe0, 2, 0x8e, 0]);
    const read = reading(fromMqtt({ url, clientId: 'c', topic: 'a', value: text() }));
    await read.readUntil(0);
    await expect(read.readUntil(1)).rejects.toMatchObject({ code: 'ML_MQTT_SESSION_TAKEN', retryable: false });
  });
});

describe('fromMqtt, where a broker refuses', () => {
  const refused = async (...packets: readonly (readonly number[])[]): Promise<unknown> => {
    const url = await scripted(...packets);
    const read = reading(fromMqtt({ url, clientId: 'c', topic: 'a', value: text() }));
    return await read.readUntil(1).catch((cause: unknown) => cause);
  };

  it.each([
    ['not authorized', 0x87, 'ML_MQTT_AUTH'],
    ['a bad password', 0x86, 'ML_MQTT_AUTH'],
    ['another version', 0x84, 'ML_MQTT_REFUSED'],
    ['the id', 0x85, 'ML_MQTT_REFUSED'],
  ])('a connection: %s (0x%s)', async (_, code, expected) => {
    expect(await refused([0x20, 3, 0, code, 0])).toMatchObject({ code: expected, retryable: false });
  });

  it('a connection for now, it may be tried again', async () => {
    expect(await refused([0x20, 3, 0, 0x88, 0])).toMatchObject({ code: 'ML_CONNECTOR', retryable: true });
  });

  it.each([0x80, 0x87, 0x97])('a subscription (0x%s)', async (code) => {
    const cause = await refused([0x20, 3, 0, 0, 0], [0x90, 4, 0, 1, 0, code]);
    expect(cause).toMatchObject({ code: 'ML_MQTT_SUBSCRIBE', retryable: false });
  });

  it('the quality of service that was asked for', async () => {
    const cause = await refused([0x20, 3, 0, 0, 0], [0x90, 4, 0, 1, 0, 0]);
    expect(cause).toMatchObject({ code: 'ML_MQTT_SUBSCRIBE', retryable: false });
    expect(String(cause)).toContain('grants QoS 0');
  });

  it('an unknown user, at a real one', async () => {
    const broker = await mosquitto('allow_anonymous false');
    const connect = { username: 'nobody', password: 'secret' };
    for (const protocolVersion of [4, 5]) {
      const options = { url: broker.url, clientId: 'c', topic: 'a', value: text() };
      const read = reading(fromMqtt({ ...options, connect: { ...connect, protocolVersion } }));
      const cause = await read.readUntil(1).catch((error: unknown) => error);
      expect(cause).toMatchObject({ code: 'ML_MQTT_AUTH', retryable: false });
      expect(String(cause)).not.toContain('secret');
    }
  });
});

/** A broker that says these packets, each when something has come, and then nothing. */
async function scripted(...packets: readonly (readonly number[])[]): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let next = 0;
    const say = (heard: Buffer): void => {
      const packet = packets[next++];
      if (packet === undefined) return;
      const bytes = Uint8Array.from(packet);
      // The answer to a subscription carries its id.
      if (bytes[0] === 0x90) bytes.set(heard.subarray(2, 4), 2);
      socket.write(bytes);
      // Nothing is to come from the other side behind the subscription.
      if (next === 2 && packets.length > 2) setTimeout(() => say(heard), 50);
    };
    socket.on('data', say);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `mqtt://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
}
