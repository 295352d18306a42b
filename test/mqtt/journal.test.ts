import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FromMqttOptions, fromMqtt } from '../../connectors/mqtt/index.ts';
import type { Source } from '../../core/source.ts';
import { text } from '../../src/index.ts';
import { heapMb } from '../support/heap.ts';
import { mosquitto } from '../support/mqtt/mosquitto.ts';
import { numbered, pause, until } from '../support/mqtt/numbered.ts';
import { clientOf, publishAll } from '../support/mqtt/publisher.ts';
import { type Reading, reading } from '../support/mqtt/read-source.ts';
import { mount, unmount, whyNoSmallDisk } from '../support/small-disk.ts';
import { folderIn, tempFolder } from '../support/temp-folder.ts';

const root = tempFolder();
const why = whyNoSmallDisk(join(root, 'try'));
if (why !== undefined) console.log(`skipped: a journal on a small disk: ${why}`);

type Options = Partial<FromMqttOptions<string, string, string>>;
const texts = (url: string, journal: string, more: Options = {}): Source<string> =>
  fromMqtt<string, string, string>({ url, topic: 'a/#', value: text(), clientId: 'c', journal, ...more });
const warnings = (read: Reading<unknown>): string[] =>
  read.notices.flatMap((notice) => (notice.kind === 'warning' ? [notice.message] : []));

describe.each([1, 2] as const)('fromMqtt with a journal, QoS %i', (qos) => {
  it('has all that it took from a broker that remembers nothing, when that is killed', async () => {
    const broker = await mosquitto('persistence false', 'max_queued_messages 0', 'max_inflight_messages 100');
    const folder = folderIn(root);
    const read = reading(texts(broker.url, folder, { qos, maxUnacked: 100 }));
    await read.readUntil(0);
    // Nobody asks for more: what the broker has let go is on the disk, and nowhere else.
    await publishAll(await clientOf(broker.url), 'a/b', numbered(2_000), { qos });
    // It has sent the last one, so nothing waits for it any more.
    const reads = read.readUntil(2_000);
    await reads;
    await pause();
    await broker.kill();
    await read.reader.close();
    await broker.start();
    const again = reading(texts(broker.url, folder, { qos }));
    await again.readUntil(2_000);
    expect(again.records).toEqual(numbered(2_000));
    expect(warnings(again)).toEqual([expect.stringContaining('has lost the session of "c"')]);
    await publishAll(await clientOf(broker.url), 'a/b', ['new'], { qos });
    await again.readUntil(2_001);
    expect(again.records.at(-1)).toBe('new');
  });

  it('loses nothing, and reads on, when the broker is started anew under load', async () => {
    const broker = await mosquitto('persistence true', 'persistence_location {folder}/', 'max_queued_messages 0');
    const read = reading(texts(broker.url, folderIn(root), { qos }));
    await read.readUntil(0);
    // A session that stays: else the publisher loses what it was told to send.
    const publisher = await clientOf(broker.url, {
      clientId: 'p',
      clean: false,
      reconnectPeriod: 50,
      properties: { sessionExpiryInterval: 3600 },
    });
    const over = (async () => {
      for (let n = 0; n < 1_500; n++) await publisher.publishAsync('a/b', `m${n}`, { qos });
    })();
    const distinct = (): number => new Set(read.records).size;
    const reads = (async () => {
      while (distinct() < 1_500) await read.readUntil(read.records.length + 1);
    })();
    for (const at of [300, 700, 1_100]) {
      await until(() => distinct() >= at);
      await broker.stop();
      await broker.start();
    }
    await Promise.all([over, reads]);
    expect([...new Set(read.records)].toSorted()).toEqual(numbered(1_500).toSorted());
    // Mosquitto may come back with an older state, and send again what it had sent: with a journal and without.
    expect(warnings(read).some((each) => each.includes('the connection is lost'))).toBe(true);
  });
});

describe('a job that stalls', () => {
  it(
    'holds little in memory while the journal takes what comes, and then reads all of it',
    { timeout: 120_000 },
    async () => {
      const broker = await mosquitto('max_queued_messages 0', 'max_inflight_messages 100');
      const read = reading(texts(broker.url, folderIn(root), { connect: { keepalive: 1 } }));
      await read.readUntil(0);
      const publisher = await clientOf(broker.url, { clientId: 'p' });
      const before = heapMb();
      const count = 4_000;
      const payload = (n: number): string => `${n} ${'x'.repeat(10_000)}`;
      for (let n = 0; n < count; n++) await publisher.publishAsync('a/b', payload(n), { qos: 1 });
      await pause(3_000);
      // 40 MB were published.
      expect(heapMb() - before).toBeLessThan(10);
      expect(warnings(read)).toEqual([]);
      await read.readUntil(count);
      expect(read.records.map((each) => Number(each.split(' ')[0]))).toEqual(
        Array.from({ length: count }, (_, n) => n),
      );
      expect(warnings(read)).toEqual([]);
    },
  );
});

describe.skipIf(why !== undefined)('a journal on a disk that is full', () => {
  it(
    'acknowledges nothing more, keeps the connection, and goes on when there is room',
    { timeout: 60_000 },
    async () => {
      const folder = join(root, 'small');
      expect(mount(folder, '3m')).toBeUndefined();
      onTestFinished(() => unmount(folder));
      writeFileSync(join(folder, 'filler'), Buffer.alloc(1_500_000));
      const broker = await mosquitto('max_queued_messages 0', 'max_inflight_messages 20');
      const options = { maxUnacked: 20, connect: { keepalive: 1 } };
      const read = reading(texts(broker.url, join(folder, 'journal'), options));
      await read.readUntil(0);
      const publisher = await clientOf(broker.url, { clientId: 'p' });
      const payload = (n: number): string => `${n} ${'x'.repeat(10_000)}`;
      await publishAll(
        publisher,
        'a/b',
        Array.from({ length: 250 }, (_, n) => payload(n)),
      );
      await until(() => warnings(read).length > 0);
      expect(warnings(read)).toEqual([expect.stringContaining('ENOSPC; nothing is acknowledged until that is over')]);
      await pause(3_000);
      rmSync(join(folder, 'filler'));
      await read.readUntil(250);
      expect(read.records.map((each) => Number(each.split(' ')[0]))).toEqual(Array.from({ length: 250 }, (_, n) => n));
      expect(warnings(read)).toHaveLength(1);
    },
  );
});
