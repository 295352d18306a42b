import { describe, expect, it } from 'vitest';
import { fromMqtt, toMqtt } from '../../../connectors/mqtt/index.ts';
import { fromMqttSettings } from '../../../connectors/mqtt/source-options.ts';
import { jsonLines, text } from '../../../src/index.ts';

const source = { url: 'mqtt://h', topic: 'a', value: text(), clientId: 'c' } as const;
const sink = { url: 'mqtt://h', topic: 'a', value: text(), clientId: 'c' } as const;
const wrong = (option: string): object =>
  expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(`\`${option}\``) });

describe('fromMqtt, when called', () => {
  it.each([
    ['url', { url: 'http://h' }],
    ['url', { url: '' }],
    ['topic', { topic: [] }],
    ['topic', { topic: ['a', 'a'] }],
    ['topic', { topic: ['{x}/b', '+/b'] }],
    ['topic', { topic: 'a/#/b' }],
    ['value', { value: jsonLines() }],
    ['value', { value: undefined }],
    ['record', { record: 'x' }],
    ['clientId', { clientId: '' }],
    ['clientId', { clientId: undefined }],
    ['qos', { qos: 3 }],
    ['sessionExpiry', { sessionExpiry: '0s' }],
    ['retained', { retained: 'some' }],
    ['empty', { empty: 'no' }],
    ['partitions', { partitions: 'two' }],
    ['maxUnacked', { maxUnacked: 0 }],
    ['maxUnacked', { maxUnacked: 70_000 }],
    ['connect', { connect: 'x' }],
    ['connect', { connect: { clean: true } }],
    ['connect', { connect: { properties: { receiveMaximum: 3 } } }],
    ['journal', { journal: '' }],
    ['journal', { journal: 7 }],
    ['journal.directory', { journal: {} }],
    ['journal.maxBytes', { journal: { directory: 'x', maxBytes: 1_000 } }],
    ['journal.maxBytes', { journal: { directory: 'x', maxBytes: '1GB' } }],
    ['sync', { journal: { directory: 'x', sync: false } }],
  ])('refuses a wrong `%s`: %j', (option, more) => {
    expect(() => fromMqtt({ ...source, ...more } as never)).toThrow(wrong(option));
  });

  it('asks a broker of MQTT 5 for a session that stays, and for no more than it may hold', () => {
    const { connect, assumedInFlight } = fromMqttSettings({
      ...source,
      maxUnacked: 50,
      connect: { properties: { topicAliasMaximum: 5 } },
    });
    expect(connect).toMatchObject({
      clean: false,
      properties: { sessionExpiryInterval: 86_400, receiveMaximum: 50, topicAliasMaximum: 5 },
    });
    expect(assumedInFlight).toBe(50);
  });

  it('takes the limit of a broker of MQTT 3.1.1 for 20, unless it is told', () => {
    const old = { ...source, connect: { protocolVersion: 4 } } as const;
    expect(fromMqttSettings(old)).toMatchObject({ assumedInFlight: 20, maxUnacked: 1_000 });
    expect(fromMqttSettings(old).connect.properties).toBeUndefined();
    expect(fromMqttSettings({ ...old, maxUnacked: 100 }).assumedInFlight).toBe(100);
  });

  it('takes a folder for a journal of 1 GiB at the most, unless it is told', () => {
    expect(fromMqttSettings(source).journal).toBeUndefined();
    expect(fromMqttSettings({ ...source, journal: 'x' }).journal).toEqual({ directory: 'x', maxBytes: 2 ** 30 });
    const journal = { directory: 'x', maxBytes: 2 ** 20 };
    expect(fromMqttSettings({ ...source, journal }).journal).toEqual(journal);
    expect(fromMqtt({ ...source, journal }).traits).toMatchObject({ replay: 'any', keeps: true });
  });

  it('tells what it cannot keep', () => {
    expect(fromMqtt({ ...source, qos: 0 }).traits).toMatchObject({
      replay: 'none',
      warning: expect.stringContaining('QoS 0'),
    });
    expect(fromMqtt(source).traits).toMatchObject({ replay: 'held', inFlight: 1_000 });
    expect(fromMqtt(source).traits.warning).toBeUndefined();
  });
});

describe('toMqtt, when called', () => {
  it.each([
    ['url', { url: 'host' }],
    ['topic', { topic: 'a/+' }],
    ['topic', { topic: '' }],
    ['topic', { topic: 7 }],
    ['value', { value: jsonLines() }],
    ['clientId', { clientId: '' }],
    ['qos', { qos: '1' }],
    ['retain', { retain: 1 }],
    ['maxInFlight', { maxInFlight: 0 }],
    ['connect', { connect: { reconnectPeriod: 5 } }],
    ['journal', { journal: 'x' }],
  ])('refuses a wrong `%s`: %j', (option, more) => {
    expect(() => toMqtt({ ...sink, ...more } as never)).toThrow(wrong(option));
  });
});
