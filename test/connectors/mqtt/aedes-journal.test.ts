import { join } from 'node:path';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { directory } from '../../../connectors/files/index.ts';
import { type FromMqttOptions, fromMqtt } from '../../../connectors/mqtt/index.ts';
import type { Source } from '../../../core/source.ts';
import { count, deliveries, json, stream, text, toFunction } from '../../../src/index.ts';
import { inProcessBroker } from '../../support/mqtt/aedes.ts';
import { numbered, pause, until } from '../../support/mqtt/numbered.ts';
import { reading } from '../../support/mqtt/read-source.ts';
import { folderIn, openFilesIn, tempFolder } from '../../support/temp-folder.ts';

const root = tempFolder();
const old = { protocolVersion: 4 } as const;
type Options = Partial<FromMqttOptions<string, string, string>>;

/** A source of texts with a journal, over a broker in this process. */
function texts(url: string, journal: string, more: Options = {}): Source<string> {
  const own = { url, topic: 'a/#', value: text(), clientId: 'c', connect: old, journal } as const;
  return fromMqtt<string, string, string>({ ...own, ...more });
}

describe.each([0, 1, 2] as const)('fromMqtt with a journal, QoS %i', (qos) => {
  it('reads what comes, in order, and again from a checkpoint, also where the broker has it no more', async () => {
    const broker = await inProcessBroker();
    const folder = folderIn(root);
    const read = reading(texts(broker.url, folder, { qos }));
    await read.readUntil(0);
    expect(read.events[0]).toMatchObject({ kind: 'opened', positions: { '0': { entry: 0 } } });
    for (const payload of numbered(20)) await broker.publish('a/b', payload, { qos });
    await read.readUntil(20);
    const cut = await read.checkpoint();
    for (const payload of numbered(10, 20)) await broker.publish('a/b', payload, { qos });
    await read.readUntil(30);
    expect(read.records).toEqual(numbered(30));
    await pause(50);
    await read.reader.close();
    expect(openFilesIn(folder)).toBe(0);
    const again = reading(texts(broker.url, folder, { qos }), { positions: cut });
    await again.readUntil(10);
    expect(again.records).toEqual(numbered(10, 20));
  });
});

describe('fromMqtt with a journal', () => {
  it('goes on behind a connection that is cut again and again', async () => {
    const broker = await inProcessBroker();
    const read = reading(texts(broker.url, folderIn(root)));
    await read.readUntil(0);
    // An acknowledgement that was cut off is sent for again, as a record of its own.
    const distinct = (): number => new Set(read.records).size;
    const reads = (async () => {
      while (distinct() < 30) await read.readUntil(read.records.length + 1);
    })();
    for (const [index, payload] of numbered(30).entries()) {
      if (index % 10 === 9) broker.cut();
      await until(() => broker.broker.connectedClients > 0);
      await broker.publish('a/b', payload);
    }
    await reads;
    expect([...new Set(read.records)].toSorted()).toEqual(numbered(30).toSorted());
  });

  it('tells of each topic as a partition where that is asked for, and of each where it stands', async () => {
    const broker = await inProcessBroker();
    const folder = folderIn(root);
    const read = reading(texts(broker.url, folder, { partitions: 'topic' }));
    await read.readUntil(0);
    for (const topic of ['x', 'y', 'x', 'y']) await broker.publish(`a/${topic}`, topic);
    await read.readUntil(4);
    const cut = await read.checkpoint();
    expect(cut).toMatchObject({ 'a/x': { entry: 3, from: 4 }, 'a/y': { entry: 4, from: 4 } });
    await broker.publish('a/z', 'z');
    await read.readUntil(5);
    await read.reader.close();
    const again = reading(texts(broker.url, folder, { partitions: 'topic' }), { positions: cut });
    await again.readUntil(1);
    expect(again.records).toEqual(['z']);
    expect(again.events[0]).toMatchObject({ kind: 'opened', positions: { 'a/x': { entry: 3 }, 'a/y': { entry: 4 } } });
  });

  it('leaves out what is retained, empty or asked for by nobody, and acknowledges it', async () => {
    const broker = await inProcessBroker();
    await broker.publish('a/kept', 'kept', { retain: true });
    const options = { retained: 'skip', empty: 'skip', maxUnacked: 2 } as const;
    const read = reading(texts(broker.url, folderIn(root), options));
    await read.readUntil(0);
    for (const payload of ['', '', '', '1', '', '2']) await broker.publish('a/b', payload);
    await read.readUntil(2);
    expect(read.records).toEqual(['1', '2']);
  });

  it('refuses a folder that somebody uses, or that is none, and lets go of what it has when it fails', async () => {
    const broker = await inProcessBroker();
    const folder = folderIn(root);
    const one = reading(texts(broker.url, folder));
    await one.readUntil(0);
    const two = reading(texts(broker.url, folder, { clientId: 'd' }));
    await expect(two.readUntil(0)).rejects.toMatchObject({ code: 'ML_LOCKED' });
    const file = join(folderIn(root), 'file');
    writeFileSync(file, '');
    await expect(reading(texts(broker.url, file)).readUntil(0)).rejects.toMatchObject({ code: 'ML_CONNECTOR' });
    await one.reader.close();
    const gone = { positions: { '0': { journal: 'x', entry: 7 } } };
    await expect(reading(texts(broker.url, folder), gone).readUntil(0)).rejects.toMatchObject({
      code: 'ML_MQTT_JOURNAL',
    });
    const plain = fromMqtt({ url: broker.url, topic: 'a/#', value: text(), clientId: 'c', connect: old });
    await expect(reading(plain, gone).readUntil(0)).rejects.toMatchObject({ code: 'ML_MQTT_JOURNAL' });
    const three = reading(texts(broker.url, folder));
    await three.readUntil(0);
  });

  it('closes what it has opened where there is no broker', async () => {
    const folder = folderIn(root);
    const read = reading(texts('mqtt://127.0.0.1:1', folder));
    await expect(read.readUntil(0)).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: true });
    await read.reader.close();
    expect(openFilesIn(folder)).toBe(0);
    expect(readdirSync(folder)).toEqual(['0000000001.journal']);
  });
});

describe('a job over fromMqtt with a journal', () => {
  it('that is run again goes on where it was, and is refused where its journal has gone', async () => {
    const broker = await inProcessBroker();
    const [folder, state] = [folderIn(root), folderIn(root)];
    const run = async (until_: number, rows: { readonly n: number }[]): Promise<object> => {
      const source = fromMqtt({
        url: broker.url,
        clientId: 'c',
        topic: 'a/{device}',
        value: json<{ readonly at: number }>(),
        record: ({ at }, { levels: { device } }) => ({ at, device }),
        journal: folder,
        connect: old,
      });
      const job = stream(source)
        .eventTime('at')
        .keyBy('device')
        .tumblingWindow('1s')
        .aggregate({ n: count() })
        .to(toFunction((some) => void rows.push(...some)));
      const report = job.run({ name: 'j', checkpoint: directory(state), every: 20 });
      const over = report.then(
        () => true,
        () => true,
      );
      while (rows.length < until_ && !(await Promise.race([over, pause(5).then(() => false)])));
      await job.stop();
      return await report;
    };
    const rows: { readonly n: number }[] = [];
    const first = run(1, rows);
    await until(() => broker.broker.connectedClients === 1);
    await pause(50);
    for (let n = 0; n <= 750; n++) await broker.publish('a/x', JSON.stringify({ at: n * 2 }));
    expect(await first).toMatchObject({ state: 'stopped', balanced: true });
    const second = run(2, rows);
    await until(() => broker.broker.connectedClients === 1);
    for (let n = 751; n <= 1_000; n++) await broker.publish('a/x', JSON.stringify({ at: n * 2 }));
    expect(await second).toMatchObject({ state: 'stopped', balanced: true });
    expect(rows).toMatchObject([{ n: 500 }, { n: 500 }]);
    rmSync(folder, { recursive: true });
    await expect(run(3, rows)).rejects.toMatchObject({ code: 'ML_MQTT_JOURNAL' });
  });

  it('says in `explain()` from where on it is exactly once', async () => {
    const source = texts('mqtt://127.0.0.1:1', './here');
    expect(stream(source).explain()).toContain('can be read again; exactly once from the journal in "./here" on');
    expect(source.traits.warning).toBeUndefined();
    const ofQos0 = texts('mqtt://127.0.0.1:1', './here', { qos: 0 });
    expect(stream(ofQos0).explain()).toContain('with QoS 0 the network may lose messages');
  });
});

describe('without a checkpoint', () => {
  it('a plain subscription goes on behind what has gone through', async () => {
    const broker = await inProcessBroker();
    const folder = folderIn(root);
    const some = (most: number): Promise<string[]> =>
      firstValueFrom(stream(texts(broker.url, folder)).pipe(take(most), toArray()));
    const first = some(60);
    await until(() => broker.broker.connectedClients === 1);
    await pause(50);
    for (const payload of numbered(100)) await broker.publish('a/b', payload);
    expect(await first).toEqual(numbered(60));
    await until(() => !readdirSync(folder).includes('lock'));
    const rest = await some(20);
    // What was on its way when the subscriber left comes again.
    const from = Number(rest[0]!.slice(1));
    expect(from).toBeLessThanOrEqual(60);
    expect(rest).toEqual(numbered(20, from));
  });

  it('deliveries come again unless they are acknowledged', async () => {
    const broker = await inProcessBroker();
    const folder = folderIn(root);
    const got: { readonly value: string; ack(): void }[] = [];
    const one = deliveries(texts(broker.url, folder), { drainWithin: 0 }).subscribe((each) => got.push(each));
    await until(() => broker.broker.connectedClients === 1);
    await pause(50);
    for (const payload of numbered(10)) await broker.publish('a/b', payload);
    await until(() => got.length === 10);
    for (const index of [2, 0, 1, 3, 7]) got[index]!.ack();
    await pause(20);
    one.unsubscribe();
    await until(() => !readdirSync(folder).includes('lock'));
    const again: string[] = [];
    const two = deliveries(texts(broker.url, folder)).subscribe(({ value, ack }) => {
      again.push(value);
      ack();
    });
    await until(() => again.length === 6);
    expect(again).toEqual(numbered(6, 4));
    two.unsubscribe();
    await until(() => !readdirSync(folder).includes('lock'));
  });
});
