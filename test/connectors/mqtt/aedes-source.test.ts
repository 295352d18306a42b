import { firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type FromMqttOptions, fromMqtt } from '../../../connectors/mqtt/index.ts';
import type { Source } from '../../../core/source.ts';
import { count, deliveries, json, stream, text, toFunction } from '../../../src/index.ts';
import { inProcessBroker } from '../../support/mqtt/aedes.ts';
import { numbered, pause, until } from '../../support/mqtt/numbered.ts';
import { reading } from '../../support/mqtt/read-source.ts';

const old = { protocolVersion: 4 } as const;

/** A source of texts over a broker in this process. */
function texts(url: string, more: Partial<FromMqttOptions<string, string, string>> = {}): Source<string> {
  return fromMqtt<string, string, string>({ url, topic: 'a/#', value: text(), clientId: 'c', connect: old, ...more });
}

describe.each([0, 1, 2] as const)('fromMqtt over aedes, QoS %i', (qos) => {
  it('hands over what comes, in order', async () => {
    const broker = await inProcessBroker();
    const read = reading(texts(broker.url, { qos }));
    await read.readUntil(0);
    for (const payload of numbered(30)) await broker.publish('a/b', payload, { qos });
    await read.readUntil(20);
    await read.checkpoint();
    await pause(50);
    await read.checkpoint();
    await read.readUntil(30);
    expect(read.records).toEqual(numbered(30));
  });
});

describe('fromMqtt over aedes', () => {
  it('gives the record its topic, levels and flags', async () => {
    const broker = await inProcessBroker();
    await broker.publish('site/berlin/7/temperature', '21', { retain: true });
    const source = fromMqtt({
      url: broker.url,
      clientId: 'c',
      topic: ['site/{site}/{device}/temperature', 'logs/{path...}'],
      value: text(),
      record: (value, { topic, levels, retain, qos, duplicate }) => ({ value, topic, levels, retain, qos, duplicate }),
      connect: old,
    });
    const read = reading(source);
    await read.readUntil(1);
    await broker.publish('logs/a/b', 'x');
    await read.readUntil(2);
    const kept = {
      value: '21',
      topic: 'site/berlin/7/temperature',
      levels: { site: 'berlin', device: '7' },
      retain: true,
    };
    const fresh = { value: 'x', topic: 'logs/a/b', levels: { path: ['a', 'b'] }, retain: false };
    expect(read.records).toMatchObject([kept, fresh]);
  });

  it('leaves out what is retained or empty where it is told to, and goes on behind it', async () => {
    const broker = await inProcessBroker();
    await broker.publish('a/kept', 'kept', { retain: true });
    const read = reading(texts(broker.url, { retained: 'skip', empty: 'skip', maxUnacked: 2 }));
    await read.readUntil(0);
    for (const payload of ['', '', '', '1', '']) await broker.publish('a/b', payload);
    await read.readUntil(1);
    await read.checkpoint();
    await broker.publish('a/b', '2');
    await read.readUntil(2);
    expect(read.records).toEqual(['1', '2']);
  });

  it('passes an empty payload to the format where it is told to, and refuses it otherwise', async () => {
    const broker = await inProcessBroker();
    const passes = reading(texts(broker.url, { empty: 'pass' }));
    const refuses = reading(texts(broker.url, { clientId: 'd' }));
    await Promise.all([passes.readUntil(0), refuses.readUntil(0)]);
    await broker.publish('a/b', '');
    await broker.publish('a/b', 'x');
    await Promise.all([passes.readUntil(2), refuses.readUntil(1)]);
    expect([passes.records, refuses.records]).toEqual([['', 'x'], ['x']]);
    const rules = refuses.events.flatMap((event) =>
      event.kind === 'batch' ? (event.batch.unreadable ?? []).map(({ rule }) => rule) : [],
    );
    expect(rules).toEqual(['a message with a payload']);
  });

  it('tells of each topic as a partition where that is asked for, and takes known ones up again', async () => {
    const broker = await inProcessBroker();
    const read = reading(texts(broker.url, { partitions: 'topic' }), { positions: { 'a/old': { received: 3 } } });
    await read.readUntil(0);
    expect(read.events[0]).toEqual({ kind: 'opened', positions: { 'a/old': { received: 0 } } });
    await broker.publish('a/x', '1');
    await broker.publish('a/y', '2');
    await broker.publish('a/x', '3');
    await read.readUntil(3);
    expect(Object.keys(read.positions).toSorted()).toEqual(['a/old', 'a/x', 'a/y']);
    expect(read.records.toSorted()).toEqual(['1', '2', '3']);
  });

  it('warns of what comes that nobody asks for, once, and goes on', async () => {
    const broker = await inProcessBroker();
    const before = reading(texts(broker.url, { topic: ['a/#', 'b/#'] }));
    await before.readUntil(0);
    await before.reader.close();
    const read = reading(texts(broker.url));
    await read.readUntil(0);
    for (const topic of ['b/1', 'b/1', 'a/1']) await broker.publish(topic, topic);
    await read.readUntil(1);
    expect(read.records).toEqual(['a/1']);
    const told = read.notices.filter(({ kind }) => kind === 'warning');
    expect(told).toEqual([{ kind: 'warning', message: expect.stringContaining('"b/1" comes, which nobody asks for') }]);
  });

  it('goes on behind a connection that is cut again and again', async () => {
    const broker = await inProcessBroker();
    const read = reading(texts(broker.url));
    await read.readUntil(0);
    const reads = read.readUntil(30);
    for (const [index, payload] of numbered(30).entries()) {
      if (index % 10 === 9) broker.cut();
      await until(() => broker.broker.connectedClients > 0);
      await broker.publish('a/b', payload);
    }
    await reads;
    // Between what is sent again, aedes sends what is new; but nothing twice.
    expect(read.records.toSorted()).toEqual(numbered(30).toSorted());
  });
});

describe('stream(fromMqtt(...))', () => {
  it('as a plain Observable goes on for more messages than may be out', async () => {
    const broker = await inProcessBroker();
    const all = firstValueFrom(stream(texts(broker.url, { maxUnacked: 5 })).pipe(take(100), toArray()));
    await until(() => broker.broker.connectedClients === 1);
    await pause(50);
    for (const payload of numbered(100)) await broker.publish('a/b', payload);
    expect(await all).toEqual(numbered(100));
  });

  it('in a job closes a window of many more messages than may be out', async () => {
    const broker = await inProcessBroker();
    const rows: { readonly n: number }[] = [];
    const source = fromMqtt({
      url: broker.url,
      clientId: 'c',
      topic: 'a/{device}',
      value: json<{ readonly at: number }>(),
      record: ({ at }, { levels: { device } }) => ({ at, device }),
      maxUnacked: 10,
      connect: old,
    });
    const job = stream(source)
      .eventTime('at')
      .keyBy('device')
      .tumblingWindow('1s')
      .aggregate({ n: count() })
      .to(toFunction((some) => void rows.push(...some)));
    const report = job.run();
    await until(() => broker.broker.connectedClients === 1);
    await pause(50);
    // Each at its time, the last one behind the window.
    for (let n = 0; n <= 500; n++) await broker.publish('a/x', JSON.stringify({ at: n * 2 }));
    await until(() => rows.length === 1);
    await job.stop();
    expect(await report).toMatchObject({ state: 'stopped', balanced: true });
    expect(rows).toMatchObject([{ n: 500, device: 'x' }]);
  });

  it('says in `explain()` that QoS 0 may lose messages', async () => {
    expect(stream(texts('mqtt://127.0.0.1:1', { qos: 0 })).explain()).toContain('QoS 0');
  });
});

describe('deliveries(fromMqtt(...))', () => {
  it('gives out so many as may be out, and goes on as they are acknowledged, in any order', async () => {
    const broker = await inProcessBroker();
    const got: { readonly value: string; ack(): void }[] = [];
    const subscription = deliveries(texts(broker.url, { maxUnacked: 4 })).subscribe((each) => got.push(each));
    await until(() => broker.broker.connectedClients === 1);
    await pause(50);
    const publishing = (async () => {
      for (const payload of numbered(12)) await broker.publish('a/b', payload);
    })();
    await until(() => got.length === 4);
    await pause(50);
    expect(got).toHaveLength(4);
    for (const index of [2, 1, 0]) got[index]!.ack();
    await until(() => got.length === 7);
    for (let done = 3; done < 12; done++) {
      await until(() => got.length > done);
      got[done]!.ack();
    }
    await publishing;
    expect(got.map(({ value }) => value)).toEqual(numbered(12));
    subscription.unsubscribe();
  });
});
