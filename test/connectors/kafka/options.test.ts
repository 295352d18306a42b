import { describe, expect, it } from 'vitest';
import { fromKafka, toKafka } from '../../../connectors/kafka/index.ts';
import { json } from '../../../core/format/json.ts';
import { csv } from '../../../src/index.ts';
import { fakeDriver } from '../../support/kafka/fake-driver.ts';

const kafka = fakeDriver().driver as never;
const reading = { kafka, topic: 'in', groupId: 'group', value: json(), from: 'earliest' };
const writing = { kafka, topic: 'out', value: json() };

describe('a wrong call', () => {
  it.each([
    ['kafka', { kafka: undefined }, /`kafka` must be a configured `Kafka` of kafkajs/],
    ['kafka', { kafka: { brokers: ['a:9092'] } }, /`kafka` must be/],
    ['topic', { topic: '' }, /`topic` must be/],
    ['topic', { topic: ['a', 'a'] }, /`topic` must be at least one topic, none twice/],
    ['topic', { topic: [] }, /`topic` must be/],
    ['groupId', { groupId: undefined }, /`groupId` must be/],
    ['value', { value: csv() }, /`value` must be a format for messages/],
    ['record', { record: 'x' }, /`record` must be a function/],
    ['from', { from: undefined }, /`from` must be .*there is no default: choose/],
    ['from', { from: { time: Number.NaN } }, /`from` must be/],
    ['from', { from: { offsets: { 'in/0': 'first' } } }, /`from` must be/],
    ['onGap', { onGap: 'skip' }, /`onGap` must be one of/],
    ['until', { until: 'tomorrow' }, /`until` must be one of `now`/],
    ['scale', { scale: 'all' }, /`scale` must be one of `alone`, `group`/],
    ['partitionedBy', { partitionedBy: 'key' }, /`partitionedBy` must be left out, without `scale: 'group'`/],
    ['partitionedBy', { scale: 'group', partitionedBy: [''] }, /`partitionedBy` must be the name of a field/],
    ['until', { scale: 'group', until: 'now' }, /`until` must be left out, with `scale: 'group'`/],
    ['isolation', { isolation: 'none' }, /`isolation` must be/],
    ['sessionTimeout', { sessionTimeout: '0s' }, /`sessionTimeout` must be/],
    ['tombstones', { tombstones: 'keep' }, /`tombstones` must be/],
    ['group', { group: 'x' }, /`group` must be one of the options/],
  ])('of fromKafka throws at once and names `%s`', (_, wrong, message) => {
    expect(() => fromKafka({ ...reading, ...wrong } as never)).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringMatching(message) as string }),
    );
  });

  it.each([
    ['kafka', { kafka: 3 }, /`kafka` must be/],
    ['topic', { topic: 3 }, /`topic` must be/],
    ['value', { value: csv() }, /`value` must be a format for messages/],
    ['key', { key: 3 }, /`key` must be/],
    ['headers', { headers: {} }, /`headers` must be a function/],
    ['tombstone', { tombstone: true }, /`tombstone` must be a function/],
    ['timestamp', { timestamp: 'then' }, /`timestamp` must be/],
    ['guarantee', { guarantee: 'at-most-once' }, /`guarantee` must be/],
    ['transactionTimeout', { transactionTimeout: -1 }, /`transactionTimeout` must be/],
    ['compression', { compression: 'zstd' }, /`compression` must be one of `none`, `gzip`/],
  ])('of toKafka throws at once and names `%s`', (_, wrong, message) => {
    expect(() => toKafka({ ...writing, ...wrong } as never)).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringMatching(message) as string }),
    );
  });
});
