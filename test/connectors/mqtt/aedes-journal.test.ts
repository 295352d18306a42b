import { join } from 'node:path';
import { readdirSync, rmSync } from 'node:fs';
import { firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type FromMqttOptions, fromMqtt } from '../../../connectors/mqtt/index.ts';
import type { Source } from '../../../core/source.ts';
import { deliveries, stream, text } from '../../../src/index.ts';
import { inProcessBroker } from '../../support/mqtt/aedes.ts';
import { numbered, pause, until } from '../../support/mqtt/numbered.ts';
import { reading } from '../../support/mqtt/read-source.ts';
import { folderIn, openFilesIn, tempFolder } from '../../support/temp-folder.ts';

const root = tempFolder();

/** A source of texts with a journal, over a broker in this process. */
function texts(
  url: string,
  journal: FromMqttOptions<string, string, string>['journal'],
  more: Partial<FromMqttOptions<string, string, string>> = {},
): Source<string> {
  const connect = { protocolVersion: 4 } as const;
  return fromMqtt<string, string, string>({
    url,
    topic: 'a/#',
    value: text(),
    clientId: 'c',
    connect,
    journal,
    ...more,
  });
}

describe.each([0, 1, 2] as const)('fromMqtt with a journal, QoS %i', (qos) => {
  it('reads what comes, in order, and again from a checkpoint', async () => {
    const broker = await inProcessBroker();
    const folder = folderIn(root);
    const read = reading(texts(broker.url, folder, { qos }));
    await read.readUntil(0);
    for (const payload of numbered(30)) await broker.publish('a/b', payload, { qos });
    await read.readUntil(20);
    const cut = read.cut();
    await read.readUntil(30);
    expect(read.records).toEqual(numbered(30));
    await read.reader.close();
    expect(openFilesIn(folder)).toBe(0);
    const again = reading(texts(broker.url, folder, { qos }), { positions: cut });
    await again.readUntil(1);
    const rest = numbered(30).slice(read.records.length - (30 - Number(cut['0']!['entry'])));
    expect(again.records).toEqual(numbered(30).slice(Number(cut['0']!['entry'])));
    expect(rest.length).toBeGreaterThanOrEqual(0);
  });
});
