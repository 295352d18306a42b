import { type Duration, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { callback, oneOf, optionsObject } from '../../core/guards.ts';
import type { KafkaDriver } from './driver.ts';
import { driverOf, type KafkaClient } from './driver-of.ts';
import { messageFormat } from '../message-format.ts';

type Names<T> = Extract<keyof T, string>;

export interface ToKafkaOptions<T> {
  /** A configured `Kafka` of kafkajs. */
  readonly kafka: KafkaClient;
  readonly topic: string | ((row: T) => string);
  /** How rows lie in their messages: `json()`, `text()`, `bytes()`, or a `format` of yours. */
  readonly value: Format<T>;
  /** A field, or a function: rows of one key keep their order. Without one they are dealt out. */
  readonly key?: Names<T> | ((row: T) => string | Uint8Array | null);
  readonly headers?: (row: T) => Record<string, string>;
  /** A row that deletes its key: written without a value. */
  readonly tombstone?: (row: T) => boolean;
  /** Default `event`: the row's event time. Brokers refuse what is further ahead than their limit, by default one hour. */
  readonly timestamp?: 'event' | 'now' | ((row: T) => number);
  /** Default: exactly once under a checkpoint, else at least once. */
  readonly guarantee?: 'exactly-once' | 'at-least-once';
  /** Must be longer than the time between checkpoints. Default `'1m'`. */
  readonly transactionTimeout?: Duration;
  /** Default `none`. */
  readonly compression?: 'none' | 'gzip';
}

/** The options of a sink, checked, with the defaults in their places. */
export interface ToKafkaSettings<T> {
  readonly driver: KafkaDriver;
  readonly topic: string | ((row: T) => string);
  readonly encode: (row: T) => Uint8Array;
  readonly keyOf: (row: T) => Uint8Array | null;
  readonly headers: ((row: T) => Record<string, string>) | undefined;
  readonly isTombstone: (row: T) => boolean;
  /** NaN where there is none. */
  readonly timeOf: (row: T, eventTime: number) => number;
  readonly guarantee: 'exactly-once' | 'at-least-once' | undefined;
  readonly transactionTimeoutMs: number;
  readonly compression: 'none' | 'gzip';
}

const where = 'toKafka';
const names = [
  'kafka',
  'topic',
  'value',
  'key',
  'headers',
  'tombstone',
  'timestamp',
  'guarantee',
  'transactionTimeout',
  'compression',
];

/** @throws ArgumentError for an option that is wrong. */
export function toKafkaSettings<T>(options: ToKafkaOptions<T>): ToKafkaSettings<T> {
  const given = optionsObject<ToKafkaOptions<T>>(where, options, names);
  const { guarantee, headers, tombstone } = given;
  return {
    driver: driverOf(where, given.kafka),
    topic: topicOf(given.topic),
    encode: (messageFormat(where, given.value, 'encode') as unknown as { encode: (row: T) => Uint8Array }).encode,
    keyOf: keyOf(given.key),
    headers: headers === undefined ? undefined : callback(where, 'headers', headers),
    isTombstone: tombstone === undefined ? () => false : callback(where, 'tombstone', tombstone),
    timeOf: timeOf(given.timestamp ?? 'event'),
    guarantee:
      guarantee === undefined ? undefined : oneOf(where, 'guarantee', guarantee, ['exactly-once', 'at-least-once']),
    transactionTimeoutMs: positiveDuration(where, 'transactionTimeout', given.transactionTimeout ?? '1m'),
    compression: oneOf(where, 'compression', given.compression ?? 'none', ['none', 'gzip']),
  };
}

function topicOf<T>(topic: unknown): ToKafkaSettings<T>['topic'] {
  if (typeof topic === 'function' || (typeof topic === 'string' && topic !== '')) {
    return topic as ToKafkaSettings<T>['topic'];
  }
  throw new ArgumentError(where, 'topic', 'the name of a topic, or a function that answers one', topic);
}

function keyOf<T>(key: ToKafkaOptions<T>['key']): ToKafkaSettings<T>['keyOf'] {
  if (key === undefined) return () => null;
  if (typeof key === 'function') return (row) => keyBytes(key(row));
  if (typeof key === 'string') return (row) => keyBytes(row[key]);
  throw new ArgumentError(where, 'key', 'the name of a field, or a function', key);
}

/** @throws TypeError for what is no key: it is the row that is wrong. */
function keyBytes(key: unknown): Uint8Array | null {
  if (key === null || key === undefined) return null;
  if (key instanceof Uint8Array) return key;
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') {
    return Buffer.from(String(key));
  }
  throw new TypeError('toKafka: a key must be a text, a number, a boolean or bytes');
}

function timeOf<T>(timestamp: unknown): ToKafkaSettings<T>['timeOf'] {
  if (timestamp === 'event') return (_row, eventTime) => eventTime;
  if (timestamp === 'now') return () => Number.NaN;
  if (typeof timestamp === 'function') return timestamp as (row: T) => number;
  throw new ArgumentError(where, 'timestamp', "'event', 'now' or a function", timestamp);
}
