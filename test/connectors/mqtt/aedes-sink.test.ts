import { describe, expect, it } from 'vitest';
import { toMqtt } from '../../../connectors/mqtt/index.ts';
import { json, stream } from '../../../src/index.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { sinkRequestOf } from '../../support/connector-contract.ts';
import { inProcessBroker } from '../../support/mqtt/aedes.ts';
import { until } from '../../support/mqtt/numbered.ts';

const old = { protocolVersion: 4 } as const;
const rows = Array.from({ length: 100 }, (_, n) => ({ n }));

describe.each([0, 1, 2] as const)('toMqtt over aedes, QoS %i', (qos) => {
  it('publishes the rows of a job, in order', async () => {
    const { url, broker } = await inProcessBroker();
    const heard: string[] = [];
    broker.on('publish', ({ topic, payload }) => void (topic === 'out' && heard.push(payload.toString())));
    const sink = toMqtt<{ n: number }>({ url, topic: 'out', value: json(), clientId: 's', qos, connect: old });
    const report = await stream(rows).to(sink).run();
    expect(report).toMatchObject({ state: 'completed', balanced: true });
    await until(() => heard.length === 100);
    expect(heard.map((each) => JSON.parse(each) as unknown)).toEqual(rows);
  });
});

describe('toMqtt over aedes', () => {
  it('rejects a row without a topic, and publishes the others', async () => {
    const { url, broker } = await inProcessBroker();
    let heard = 0;
    broker.on('publish', ({ topic }) => void (topic.startsWith('out/') && heard++));
    const topic = ({ n }: { n: number }): string => (n === 3 ? 'out/#' : `out/${n}`);
    const sink = toMqtt<{ n: number }>({ url, topic, value: json(), clientId: 's', connect: old });
    const report = await stream(rows.slice(0, 10)).onReject('drop').to(sink).run();
    expect(report).toMatchObject({ state: 'completed', balanced: true });
    expect(heard).toBe(9);
  });

  it('sends again what a lost connection left open', async () => {
    const { url, broker, cut } = await inProcessBroker();
    const heard = new Set<number>();
    broker.on('publish', ({ topic, payload }) => {
      if (topic !== 'out') return;
      const { n } = JSON.parse(payload.toString()) as { n: number };
      heard.add(n);
      if (heard.size === 30) cut();
    });
    const sink = toMqtt<{ n: number }>({
      url,
      topic: 'out',
      value: json(),
      clientId: 's',
      connect: old,
      maxInFlight: 7,
    });
    const writer = await sink.open(sinkRequestOf({ clock: systemClock }));
    rows.forEach((row, index) => writer.write(row, index));
    await writer.send();
    expect([writer.buffered, heard.size]).toEqual([{ records: 0, bytes: 0 }, 100]);
    await writer.close();
  });

  it('fails where nobody listens', async () => {
    const sink = toMqtt({ url: 'mqtt://127.0.0.1:1', topic: 'out', value: json(), clientId: 's' });
    await expect(sink.open(sinkRequestOf())).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: true });
  });
});
