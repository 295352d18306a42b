import { type Duration, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { callback, oneOf, optionsObject } from '../../core/guards.ts';
import type { KafkaDriver } from './driver.ts';
import { driverOf, type KafkaClient } from './driver-of.ts';
import { messageFormat } from '../message-format.ts';
import type { KafkaMessage } from './kafka-message.ts';

export interface FromKafkaOptions<V, T, N extends 'reject' | 'skip' | 'pass' = 'reject'> {
  /** A configured `Kafka` of kafkajs. */
  readonly kafka: KafkaClient;
  readonly topic: string | readonly string[];
  /** Of this job alone: nobody else may read with it. */
  readonly groupId: string;
  /** How values lie in their messages: `json()`, `text()`, `bytes()`, `csv({ header })`, or a `format` of yours. */
  readonly value: Format<V>;
  /** Builds the record from the decoded value and its message. Default: the value. */
  readonly record?: (value: N extends 'pass' ? V | null : V, message: KafkaMessage) => T;
  /** Where a group without a position starts. No default: choose. */
  readonly from: StartingPoint;
  /** The position has been deleted by retention. `fail` (default) says how much is gone; `earliest` goes on with what is left. */
  readonly onGap?: 'fail' | 'earliest';
  /** End at the offsets that were the last when the job first started; the checkpoint keeps them. Default: go on for ever. */
  readonly until?: 'now';
  /**
   * `alone` (default): this process has all partitions; a second member of its group is an error. `group`: processes share
   * them; each partition has a state and checkpoints of its own, which move with it.
   */
  readonly scale?: 'alone' | 'group';
  /** Of a `group`: the fields by whose values producers choose the partition. Every key of the chain must have all of them. */
  readonly partitionedBy?: string | readonly string[];
  /** Default `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted';
  /** How long the group waits for a member that is gone; heartbeats go on while the job is stalled. Default `'30s'`. */
  readonly sessionTimeout?: Duration;
  /** A message without a value: `reject` (default) as `invalid`, `skip` counts as filtered, `pass` gives `null`. */
  readonly tombstones?: N;
}

export type StartingPoint =
  | 'earliest'
  | 'latest'
  /** The first message at or after this time, in epoch ms. */
  | { readonly time: number }
  /** By topic and partition: `{ 'readings/0': '17' }`. */
  | { readonly offsets: Readonly<Record<`${string}/${number}`, string>> };

/** The options of a source, checked, with the defaults in their places. */
export interface FromKafkaSettings {
  readonly driver: KafkaDriver;
  readonly topics: readonly string[];
  readonly groupId: string;
  readonly format: Format<unknown> & Required<Pick<Format<unknown>, 'decode'>>;
  readonly record: ((value: never, message: KafkaMessage) => unknown) | undefined;
  readonly from:
    'earliest' | 'latest' | { readonly time: number } | { readonly offsets: Readonly<Record<string, string>> };
  readonly onGap: 'fail' | 'earliest';
  readonly until: 'now' | undefined;
  readonly isolation: 'read_committed' | 'read_uncommitted';
  readonly sessionTimeoutMs: number;
  readonly tombstones: 'reject' | 'skip' | 'pass';
  /** Fields that decide about the partition, where processes share the partitions. */
  readonly sharedBy: readonly string[] | undefined;
  /** The one partition number that is to be read, of so many. */
  readonly share?: { readonly partition: number; readonly of: number };
}

const where = 'fromKafka';
const names = [
  'kafka',
  'topic',
  'groupId',
  'value',
  'record',
  'from',
  'onGap',
  'until',
  'scale',
  'partitionedBy',
  'isolation',
  'sessionTimeout',
  'tombstones',
];

/** @throws ArgumentError for an option that is wrong. */
export function fromKafkaSettings<V, T, N extends 'reject' | 'skip' | 'pass'>(
  options: FromKafkaOptions<V, T, N>,
): FromKafkaSettings {
  const given = optionsObject<FromKafkaOptions<V, T, N>>(where, options, names);
  return {
    driver: driverOf(where, given.kafka),
    topics: topicNames(given.topic),
    groupId: aText('groupId', given.groupId, 'the id of a consumer group'),
    format: messageFormat(where, given.value, 'decode'),
    record: given.record === undefined ? undefined : callback(where, 'record', given.record),
    from: startingPoint(given.from),
    onGap: oneOf(where, 'onGap', given.onGap ?? 'fail', ['fail', 'earliest']),
    until: given.until === undefined ? undefined : oneOf(where, 'until', given.until, ['now']),
    isolation: oneOf(where, 'isolation', given.isolation ?? 'read_committed', ['read_committed', 'read_uncommitted']),
    sessionTimeoutMs: positiveDuration(where, 'sessionTimeout', given.sessionTimeout ?? '30s'),
    tombstones: oneOf(where, 'tombstones', given.tombstones ?? 'reject', ['reject', 'skip', 'pass']),
    sharedBy: sharedBy(given),
  };
}

function sharedBy<V, T, N extends 'reject' | 'skip' | 'pass'>({
  scale,
  partitionedBy,
  until,
}: FromKafkaOptions<V, T, N>): readonly string[] | undefined {
  if (oneOf(where, 'scale', scale ?? 'alone', ['alone', 'group']) === 'alone') {
    if (partitionedBy === undefined) return undefined;
    throw new ArgumentError(where, 'partitionedBy', "left out, without `scale: 'group'`", partitionedBy);
  }
  if (until !== undefined) {
    const hint = 'none of the processes knows when the others are done';
    throw new ArgumentError(where, 'until', "left out, with `scale: 'group'`", until, hint);
  }
  const given: unknown = partitionedBy;
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  return list.map((each) => aText('partitionedBy', each, 'the name of a field, or a list of some'));
}

function topicNames(topic: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(topic) ? topic : [topic];
  const found = list.map((each) => aText('topic', each, 'the name of a topic, or a list of some'));
  if (found.length > 0 && new Set(found).size === found.length) return found;
  throw new ArgumentError(where, 'topic', 'at least one topic, none twice', topic);
}

function aText(option: string, value: unknown, expected: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(where, option, expected, value);
}

function startingPoint(from: StartingPoint): FromKafkaSettings['from'] {
  if (from === 'earliest' || from === 'latest') return from;
  if (typeof from === 'object' && from !== null) {
    if ('time' in from && Number.isFinite(from.time)) return from;
    if ('offsets' in from && Object.entries(from.offsets).every(([name, offset]) => isPlace(name, offset))) return from;
  }
  const expected = "'earliest', 'latest', { time: epoch ms } or { offsets: { 'topic/partition': 'offset' } }";
  throw new ArgumentError(where, 'from', expected, from, 'there is no default: choose');
}

function isPlace(name: string, offset: unknown): boolean {
  return /^.+\/\d+$/.test(name) && typeof offset === 'string' && /^\d+$/.test(offset);
}
