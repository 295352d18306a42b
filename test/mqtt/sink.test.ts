import { describe, expect, it } from 'vitest';
import type { SinkState, SinkWriter } from '../../core/sink.ts';
import { toMqtt } from '../../connectors/mqtt/index.ts';
import { json } from '../../src/index.ts';
import { systemClock } from '../../src/system-clock.ts';
import { filesIn, tempFolder } from '../support/temp-folder.ts';
import { obeysSinkContract, sinkRequestOf } from '../support/connector-contract.ts';
import { cutting } from '../support/mqtt/cutting.ts';
import { mosquitto } from '../support/mqtt/mosquitto.ts';
import { pause, until } from '../support/mqtt/numbered.ts';
import { clientOf } from '../support/mqtt/publisher.ts';

const fileIn = filesIn(tempFolder());

interface Row {
  readonly n: number;
}

interface Heard {
  readonly rows: Row[];
  readonly ids: (string | undefined)[];
}

const rows = (count: number): Row[] => Array.from({ length: count }, (_, n) => ({ n }));
const request = (more: object = {}): Parameters<ReturnType<typeof toMqtt<Row>>['open']>[0] =>
  sinkRequestOf({ clock: systemClock, ...more });

/** Everything that is published under a topic from now on. */
async function listener(url: string, topic = 'out/#'): Promise<Heard> {
  const heard: Heard = { rows: [], ids: [] };
  const client = await clientOf(url);
  client.on('message', (_topic, payload, packet) => {
    heard.rows.push(JSON.parse(payload.toString()) as Row);
    heard.ids.push(packet.properties?.userProperties?.['millrace-id'] as string | undefined);
  });
  await client.subscribeAsync(topic, { qos: 2 });
  return heard;
}

describe.each([0, 1, 2] as const)('QoS %i', (qos) => {
  obeysSinkContract<Row>('toMqtt', async () => {
    const { url } = await mosquitto();
    const heard = await listener(url);
    const mine = process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length;
    return {
      sink: () => toMqtt<Row>({ url, topic: 'out/x', value: json(), clientId: 'sink', qos }),
      contract: {
        rows: rows(5),
        read: async () => {
          await until(() => heard.rows.length >= 5);
          return heard.rows;
        },
        unreachable: () => toMqtt<Row>({ url: 'mqtt://127.0.0.1:1', topic: 'x', value: json(), clientId: 'sink' }),
        openHandles: async () => {
          await pause(20);
          return process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length - mine;
        },
      },
    };
  });
});

describe('toMqtt over Mosquitto', () => {
  it('publishes to the topic of each row, and has the broker keep it where that is asked for', async () => {
    const { url } = await mosquitto();
    const sink = toMqtt<Row>({ url, topic: ({ n }) => `out/${n}`, value: json(), clientId: 's', retain: true });
    const writer = await sink.open(request());
    rows(3).forEach((row) => writer.write(row, 0));
    await writer.send();
    await writer.close();
    const late = await listener(url);
    await until(() => late.rows.length === 3);
    expect(late.rows.toSorted((a, b) => a.n - b.n)).toEqual(rows(3));
  });

  it('keeps no more under way than it may, and everything in order', async () => {
    const { url } = await mosquitto('max_queued_messages 0');
    const heard = await listener(url);
    const writer = await toMqtt<Row>({ url, topic: 'out/x', value: json(), clientId: 's', maxInFlight: 7 }).open(
      request(),
    );
    rows(5_000).forEach((row, index) => writer.write(row, index));
    await writer.send();
    expect(writer.buffered).toEqual({ records: 0, bytes: 0 });
    await until(() => heard.rows.length === 5_000);
    expect(heard.rows).toEqual(rows(5_000));
    expect(new Set(heard.ids).size).toBe(5_000);
    await writer.close();
  });

  it('names a message that is sent again behind a cut as it did before, and equal rows apart', async () => {
    const { url } = await mosquitto();
    const heard = await listener(url);
    const sink = toMqtt<Row>({ url, topic: 'out/x', value: json(), clientId: 's' });
    const write = async (state: SinkState | undefined, ...times: number[]): Promise<SinkWriter<Row>> => {
      const writer = await sink.open(request({ state: structuredClone(state) }));
      for (const time of times) writer.write({ n: 1 }, time);
      await writer.send();
      return writer;
    };
    const first = await write(undefined, 10, 10, 20);
    const state = await first.cut('run-1');
    first.write({ n: 1 }, 20);
    first.write({ n: 1 }, 30);
    first.write({ n: 1 }, Number.NaN);
    await first.send();
    await first.close();
    const again = await write(state, 20, 30, Number.NaN);
    await again.close();
    await until(() => heard.ids.length === 9);
    expect(new Set(heard.ids.slice(0, 6)).size).toBe(6);
    expect(heard.ids.slice(6)).toEqual(heard.ids.slice(3, 6));
  });

  it('speaks MQTT 3.1.1, where a message has no name', async () => {
    const { url } = await mosquitto();
    const heard = await listener(url);
    const sink = toMqtt<Row>({ url, topic: 'out/x', value: json(), clientId: 's', connect: { protocolVersion: 4 } });
    const writer = await sink.open(request());
    writer.write({ n: 1 }, 0);
    await writer.cut('run-1');
    await writer.close();
    await until(() => heard.rows.length === 1);
    expect(heard.ids).toEqual([undefined]);
  });

  it('fails where the broker does not allow the topic', async () => {
    const broker = await mosquitto(`acl_file ${fileIn('topic readwrite other/#\n')}`);
    const writer = await toMqtt<Row>({ url: broker.url, topic: 'out/x', value: json(), clientId: 's' }).open(request());
    writer.write({ n: 1 }, 0);
    await expect(writer.send()).rejects.toMatchObject({ code: 'ML_MQTT_PUBLISH', retryable: false });
    await writer.close();
  });
});

describe.each([1, 2] as const)('toMqtt, QoS %i, where the network fails', (qos) => {
  it('waits while there is no broker, and sends everything when there is one', async () => {
    const broker = await mosquitto();
    const writer = await toMqtt<Row>({ url: broker.url, topic: 'out/x', value: json(), clientId: 's', qos }).open(
      request(),
    );
    await broker.kill();
    rows(1_000).forEach((row, index) => writer.write(row, index));
    let isSent = false;
    const sending = writer.send().then(() => (isSent = true));
    await pause(300);
    expect([isSent, writer.buffered.records]).toEqual([false, 1_000]);
    await broker.start();
    const heard = await listener(broker.url);
    await sending;
    await until(() => new Set(heard.ids).size > 0);
    await writer.close();
  });

  it('loses nothing though the connection is cut again and again, and repeats keep their names', async () => {
    const broker = await mosquitto('max_queued_messages 0');
    const heard = await listener(broker.url);
    const proxy = await cutting(broker.port, { bytes: 30_000 });
    const writer = await toMqtt<Row>({ url: proxy.url, topic: 'out/x', value: json(), clientId: 's', qos }).open(
      request(),
    );
    rows(2_000).forEach((row, index) => writer.write(row, index));
    await writer.send();
    await writer.close();
    await until(() => new Set(heard.ids).size === 2_000);
    expect(proxy.cuts()).toBeGreaterThan(2);
    const byId = new Map(heard.ids.map((id, index) => [id, heard.rows[index]!.n]));
    expect([...byId.values()].toSorted((a, b) => a - b)).toEqual(rows(2_000).map(({ n }) => n));
    heard.ids.forEach((id, index) => expect(byId.get(id)).toBe(heard.rows[index]!.n));
  });

  it('gives up what waits when it is closed', async () => {
    const broker = await mosquitto();
    const writer = await toMqtt<Row>({ url: broker.url, topic: 'out/x', value: json(), clientId: 's', qos }).open(
      request(),
    );
    await broker.kill();
    writer.write({ n: 1 }, 0);
    const sending = writer.send().catch((cause: unknown) => cause);
    await writer.close();
    expect(await sending).toMatchObject({ code: 'ML_CONNECTOR' });
  });
});
