import { describe, expect, it } from 'vitest';
import { fromMqtt, toMqtt } from '../../connectors/mqtt/index.ts';
import { count, json, stream, text, toFunction } from '../../src/index.ts';
import { systemClock } from '../../src/system-clock.ts';
import { sinkRequestOf } from '../support/connector-contract.ts';
import { heapMb } from '../support/heap.ts';
import { cutting } from '../support/mqtt/cutting.ts';
import { mosquitto } from '../support/mqtt/mosquitto.ts';
import { numbered, pause, until } from '../support/mqtt/numbered.ts';
import { clientOf, leaveSession, publishAll } from '../support/mqtt/publisher.ts';
import { type Reading, reading } from '../support/mqtt/read-source.ts';
import { logsAll, sentAgain } from '../support/mqtt/sent-again.ts';

const warned = (read: Reading<unknown>): number => read.notices.filter(({ kind }) => kind === 'warning').length;

describe.each([0, 1, 2] as const)('a job that does not read, QoS %i', (qos) => {
  it('keeps its connection for many keep-alives, and its memory, whatever comes', async () => {
    const broker = await mosquitto('max_queued_messages 0');
    const source = fromMqtt({
      url: broker.url,
      clientId: 'c',
      topic: 'a/#',
      value: text(),
      qos,
      maxUnacked: 50,
      connect: { keepalive: 1 },
    });
    const read = reading(source);
    await read.readUntil(0);
    const publisher = await clientOf(broker.url, { clientId: 'p' });
    const payload = 'x'.repeat(10_000);
    const before = heapMb();
    for (let n = 0; n < 1_000; n++) await publisher.publishAsync('a/b', payload, { qos });
    // The broker ends a connection that says nothing for 1.5 s, and so does mqtt.js.
    await pause(6_000);
    // 10 MB were published.
    expect(heapMb() - before).toBeLessThan(5);
    expect(warned(read)).toBe(0);
    await read.readUntil(50);
    expect(read.records.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => payload));
    expect(warned(read)).toBe(0);
  });
});

describe('a subscription', () => {
  it('brings 50,000 retained messages, each once', { timeout: 120_000 }, async () => {
    const broker = await mosquitto('max_queued_messages 0', 'max_inflight_messages 1000');
    const publisher = await clientOf(broker.url);
    const retained = 50_000;
    for (let from = 0; from < retained; from += 500) {
      await publishAll(publisher, (index) => `kept/${from + index}`, numbered(500, from), { qos: 1, retain: true });
    }
    const seen = new Map<string, number>();
    const source = fromMqtt({
      url: broker.url,
      clientId: 'c',
      topic: 'kept/{n}',
      value: text(),
      record: (value, { retain }) => ({ value, retain }),
    });
    const job = stream(source).to(
      toFunction((rows) => {
        for (const { value, retain } of rows) seen.set(value, (seen.get(value) ?? 0) + (retain ? 1 : 100));
      }),
    );
    const report = job.run();
    await until(() => seen.size === retained);
    await job.stop();
    expect(await report).toMatchObject({ state: 'stopped', balanced: true });
    expect([...new Set(seen.values())]).toEqual([1]);
  });

  it('over 10,000 topics closes the windows of each, with a partition for each', { timeout: 120_000 }, async () => {
    const broker = await mosquitto('max_queued_messages 0', 'max_inflight_messages 1000');
    const topics = 10_000;
    const rows: { readonly device: string; readonly n: number }[] = [];
    const source = fromMqtt({
      url: broker.url,
      clientId: 'c',
      topic: 'a/{device}',
      value: json<{ readonly at: number }>(),
      record: ({ at }, { levels: { device } }) => ({ at, device }),
      partitions: 'topic',
    });
    await leaveSession(broker.url, 'c', ['a/+']);
    const job = stream(source)
      .eventTime('at', { idleAfter: '1h' })
      .keyBy('device')
      .tumblingWindow('1s')
      .aggregate({ n: count() })
      .to(toFunction((some) => void rows.push(...some)));
    const report = job.run();
    const publisher = await clientOf(broker.url);
    for (const at of [0, 1, 2_000]) {
      for (let from = 0; from < topics; from += 500) {
        await publishAll(publisher, (index) => `a/${from + index}`, Array(500).fill(JSON.stringify({ at })));
      }
    }
    await until(() => rows.length === topics);
    await job.stop();
    expect(await report).toMatchObject({ state: 'stopped', balanced: true });
    expect(new Set(rows.map(({ device }) => device)).size).toBe(topics);
    expect(new Set(rows.map(({ n }) => n))).toEqual(new Set([2]));
  });
});

describe.each([
  { qos: 1, version: 5 },
  { qos: 2, version: 5 },
  { qos: 1, version: 4 },
] as const)('a job over a bad network, QoS $qos, MQTT $version', ({ qos, version }) => {
  it('has every message once though the connection is cut again and again', { timeout: 120_000 }, async () => {
    const broker = await mosquitto('max_queued_messages 0', ...logsAll);
    await leaveSession(broker.url, 'c', ['a/#'], qos, version);
    const proxy = await cutting(broker.port, { ms: 150 });
    const seen: { readonly value: string; readonly duplicate: boolean }[] = [];
    const source = fromMqtt({
      url: proxy.url,
      clientId: 'c',
      topic: 'a/#',
      value: text(),
      record: (value, { duplicate }) => ({ value, duplicate }),
      qos,
      maxUnacked: 100,
      connect: { protocolVersion: version },
    });
    const job = stream(source).to(toFunction((rows) => void seen.push(...rows)));
    const report = job.run();
    const publisher = await clientOf(broker.url);
    for (let from = 0; from < 2_000; from += 20) {
      await publishAll(publisher, 'a/b', numbered(20, from), { qos });
      await pause(10);
    }
    const first = new Set<string>();
    const repeats: typeof seen = [];
    let judged = 0;
    await until(() => {
      for (; judged < seen.length; judged++) {
        if (first.has(seen[judged]!.value)) repeats.push(seen[judged]!);
        else first.add(seen[judged]!.value);
      }
      return first.size === 2_000;
    });
    await job.stop();
    expect(await report).toMatchObject({ state: 'stopped', balanced: true });
    expect([...first]).toEqual(numbered(2_000));
    expect(proxy.cuts()).toBeGreaterThan(2);
    // Of QoS 1 those whose acknowledgement was on its way when the connection was cut, and the broker says so.
    expect(repeats.filter(({ duplicate }) => !duplicate)).toEqual([]);
    await publisher.endAsync();
    await broker.stop();
    const { again, against } = sentAgain(broker, 'c');
    expect(repeats.length).toBeLessThanOrEqual(qos === 2 ? against : again);
    console.log(`QoS ${qos}: ${proxy.cuts()} cuts, ${repeats.length} repeats, ${against} against the rules`);
  });
});

describe('a job whose broker is killed and started again under load', () => {
  it('goes on, with a broker that keeps what it has, and without loss', { timeout: 120_000 }, async () => {
    const broker = await mosquitto(
      'max_queued_messages 0',
      'persistence true',
      'persistence_location {folder}/',
      'autosave_interval 1',
      'autosave_on_changes true',
    );
    const seen: string[] = [];
    const source = fromMqtt({ url: broker.url, clientId: 'c', topic: 'a/#', value: text() });
    const job = stream(source).to(toFunction((rows) => void seen.push(...rows)));
    const warnings: string[] = [];
    job.warnings$.subscribe(({ message }) => void warnings.push(message));
    const report = job.run();
    // Ours, because it sends again what the broker has not acknowledged.
    const sink = toMqtt<string>({ url: broker.url, topic: 'a/b', value: text(), clientId: 'p' });
    const publisher = await sink.open(sinkRequestOf({ clock: systemClock }));
    const faults = (async () => {
      for (const act of ['kill', 'start', 'stop', 'start', 'kill', 'start'] as const) {
        await pause(500);
        await broker[act]();
      }
    })();
    let published = 0;
    const isOver = faults.then(() => true);
    do {
      for (let n = 0; n < 10; n++) publisher.write(`m${published++}`, published);
      await publisher.send();
    } while ((await Promise.race([isOver, pause(5)])) !== true);
    publisher.write('last', 0);
    await publisher.send();
    await publisher.close();
    await until(() => seen.includes('last'));
    await pause(500);
    await job.stop();
    expect(await report).toMatchObject({ state: 'stopped', balanced: true });
    // A broker that is killed loses what it has acknowledged and not written: at most what was under way then.
    const lost = numbered(published).filter((each) => !seen.includes(each));
    expect([published > 200, lost.length <= 20]).toEqual([true, true]);
    expect(warnings.some((each) => each.includes('the connection is lost'))).toBe(true);
  });
});
