import { describe, expect, it } from 'vitest';
import { InFlightLimit } from '../../../connectors/mqtt/in-flight-limit.ts';
import { MessageIds } from '../../../connectors/mqtt/message-ids.ts';
import { MqttBatch } from '../../../connectors/mqtt/mqtt-batch.ts';
import type { TakenMessage } from '../../../connectors/mqtt/mqtt-message.ts';
import { QuietTopics } from '../../../connectors/mqtt/quiet-topics.ts';
import { Closes } from '../../../connectors/mqtt/wire/closes.ts';
import { loadDriver } from '../../../connectors/mqtt/wire/driver.ts';
import { connectionRefused, place } from '../../../connectors/mqtt/wire/refusal.ts';
import type { Position } from '../../../core/batch.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';

describe('the driver', () => {
  it('that is not installed is named, with what to install', async () => {
    const missing = (): Promise<unknown> => Promise.reject(new Error("Cannot find package 'mqtt'"));
    await expect(loadDriver('fromMqtt', missing)).rejects.toMatchObject({
      code: 'ML_MQTT_DRIVER',
      retryable: false,
      message: expect.stringContaining('npm install mqtt@5'),
    });
  });

  it('that is something else is refused', async () => {
    await expect(loadDriver('fromMqtt', () => Promise.resolve({}))).rejects.toMatchObject({ code: 'ML_MQTT_DRIVER' });
  });

  it('is found as a module of either kind', async () => {
    const connect = (): void => {};
    expect(await loadDriver('fromMqtt', () => Promise.resolve({ connect }))).toMatchObject({ connect });
    expect(await loadDriver('fromMqtt', () => Promise.resolve({ default: { connect } }))).toMatchObject({ connect });
  });
});

describe('connections that end', () => {
  it('look like a fight when the other side ends several in a row soon after it accepted them', () => {
    const closes = new Closes();
    const soon = (): boolean => closes.isFight(300, true);
    expect([soon(), soon(), soon(), soon()]).toEqual([false, false, false, false]);
    expect(closes.isFight(60_000, true)).toBe(false);
    expect([soon(), soon(), closes.isFight(300, false), soon(), soon()]).not.toContain(true);
    expect([soon(), soon(), soon()]).toEqual([false, false, true]);
  });
});

describe('the limit of a broker', () => {
  it('is what was out when it was waiting for us', () => {
    const limit = new InFlightLimit(1_000, 1_000);
    expect([limit.many, limit.quietMs]).toEqual([500, 100]);
    limit.tries(32);
    limit.committed(1_000);
    limit.arrived(1, 1_020);
    expect([limit.many, limit.quietMs]).toEqual([16, 100]);
  });

  it('is tried more and more seldom where nothing more comes', () => {
    const limit = new InFlightLimit(1_000, 1_000);
    for (let now = 0; now < 10; now++) {
      limit.tries(3);
      limit.committed(now * 1_000);
      limit.arrived(1, now * 1_000 + 500);
    }
    expect([limit.many, limit.quietMs]).toEqual([500, 5_000]);
  });

  it('is more than was assumed where more is out, up to what may be', () => {
    const limit = new InFlightLimit(20, 100);
    limit.arrived(60, 0);
    expect(limit.many).toBe(30);
    limit.arrived(600, 0);
    expect(limit.many).toBe(50);
    limit.committed(0);
    expect(limit.quietMs).toBe(100);
  });
});

describe('a refusal', () => {
  it('names the broker without what is secret in its address', () => {
    expect(place('mqtts://user:secret@host:8883/path')).toBe('mqtts://host:8883');
    expect(place('nonsense')).toBe('nonsense');
    const refused = connectionRefused('fromMqtt', 'mqtt://u:secret@host', 5, 'no');
    expect(refused?.message).not.toContain('secret');
  });
});

describe('the names of messages', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text);

  it('are those of the rows, whatever the order', () => {
    const one = new MessageIds('job', undefined);
    const other = new MessageIds('job', undefined);
    const rows = Array.from({ length: 50 }, (_, n) => ['t', bytes(`${n % 10}`), n % 5] as const);
    const names = rows.map((row) => one.next(...row)).toSorted();
    expect(new Set(names).size).toBe(50);
    expect(
      rows
        .toReversed()
        .map((row) => other.next(...row))
        .toSorted(),
    ).toEqual(names);
  });

  it('go on from a state, and belong to a job', () => {
    const one = new MessageIds('job', undefined);
    one.next('t', bytes('x'), 1);
    const again = new MessageIds('job', structuredClone(one.state()));
    const name = one.next('t', bytes('x'), 1);
    expect(again.next('t', bytes('x'), 1)).toBe(name);
    expect(new MessageIds('other', undefined).next('t', bytes('x'), 1)).not.toBe(name);
  });

  it('remember so many rows and no more', () => {
    const ids = new MessageIds('job', undefined);
    for (let n = 0; n < 1_000; n++) ids.next('t', bytes(`${n}`), n);
    expect(Object.keys(ids.state()['seen'] as object)).toHaveLength(256);
  });
});

describe('a batch', () => {
  const received = (number: number): Position => ({ received: number });
  const taken = (payload: string | Uint8Array, number: number): TakenMessage => ({
    message: {
      topic: 'a/b',
      payload: Buffer.from(payload),
      qos: 1,
      id: number,
      retain: false,
      duplicate: false,
      properties: {},
    },
    levels: {},
    receivedAt: 1_000 + number,
    number,
  });
  const decode = (payload: Uint8Array): unknown => JSON.parse(Buffer.from(payload).toString());

  it('knows where it stands behind each record, with what could not be read before it', async () => {
    const messages = [taken('1', 11), taken('oops', 12), taken('', 13), taken('4', 14), taken(Uint8Array.of(255), 15)];
    const batch = new MqttBatch<number>('0', messages, 'mqtt:a/#', received);
    await batch.decode({ format: 'json', decode, record: undefined, refusesEmpty: true });
    expect(batch.records).toEqual([1, 4]);
    expect(batch.timestamps).toEqual([1_011, 1_014]);
    expect(batch.unreadable.map(({ before, value, rule }) => [before, value, rule])).toEqual([
      [1, 'oops', 'a message in json'],
      [1, '', 'a message with a payload'],
      [2, '/w==', 'a message in json'],
    ]);
    expect([0, 1, 2].map((count) => batch.positionAfter(count))).toEqual([
      { received: 10 },
      { received: 11 },
      { received: 15 },
    ]);
    expect([batch.origin(1), batch.origin(2)]).toEqual([{ source: 'mqtt:a/#', topic: 'a/b' }, undefined]);
  });

  it('waits for a format that does, and gives the record its message', async () => {
    const batch = new MqttBatch<unknown>('0', [taken('1', 1)], 'mqtt:a', received);
    const later = (payload: Uint8Array): Promise<unknown> => Promise.resolve(decode(payload));
    const record = (value: never, message: object): unknown => ({ value, ...message });
    await batch.decode({ format: 'own', decode: later, record, refusesEmpty: false });
    expect(batch.records).toEqual([
      {
        value: 1,
        topic: 'a/b',
        levels: {},
        qos: 1,
        retain: false,
        duplicate: false,
        properties: {},
        receivedAt: 1_001,
      },
    ]);
  });
});

describe('topics that say nothing', () => {
  const watched = (): { clock: ManualClock; quiet: QuietTopics; told: [string, number][]; listens: boolean[] } => {
    const clock = new ManualClock();
    const told: [string, number][] = [];
    const listens = [true];
    const quiet = new QuietTopics({
      clock,
      isListening: () => listens[0]!,
      isEmpty: (partition) => partition !== 'full',
      tell: (partition, askedMs) => void told.push([partition, askedMs]),
    });
    for (const partition of ['a', 'full']) quiet.spoke(partition);
    quiet.start();
    return { clock, quiet, told, listens };
  };

  it('are told as long as the job asks and messages would come', () => {
    const { clock, quiet, told, listens } = watched();
    quiet.asking.asked(true);
    clock.advanceTo(500);
    clock.advanceTo(700);
    quiet.spoke('a');
    clock.advanceTo(1_000);
    expect(told).toEqual([
      ['a', 500],
      ['a', 300],
    ]);
    listens[0] = false;
    clock.advanceTo(1_500);
    listens[0] = true;
    quiet.asking.asked(false);
    clock.advanceTo(2_000);
    clock.advanceTo(10_000);
    expect(told.slice(2).reduce((sum, [, ms]) => sum + ms, 0)).toBeLessThanOrEqual(1_500);
    quiet.close();
    clock.advanceTo(20_000);
    expect(told.at(-1)![1]).toBeLessThanOrEqual(500);
  });
});
