import type { IClientOptions } from 'mqtt';
import { type Duration, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { callback, oneOf, optionsObject, positiveInteger } from '../../core/guards.ts';
import { aText, brokerUrl, connectOptions, qosOf } from './client-options.ts';
import { type JournalSettings, journalSettings, type MqttJournalOptions } from './journal/journal-settings.ts';
import { messageFormat } from '../message-format.ts';
import type { MqttMessage, TopicLevels } from './mqtt-message.ts';
import { type TopicFilter, topicFilter } from './topic-filter.ts';

export interface FromMqttOptions<V, P extends string, T> {
  /** `'mqtt://host:1883'`, or what else mqtt.js connects to: `mqtts:`, `ws:`, `wss:`. */
  readonly url: string;
  /** Filters: `+`, `#`, `$share/group/...`, and named levels: `'site/{site}/{device}/temperature'`, `'logs/{path...}'`. */
  readonly topic: P | readonly P[];
  /** How values lie in their messages: `json()`, `text()`, or a `format` of yours. */
  readonly value: Format<V>;
  /** Builds the record from the decoded value and its message. Default: the value. */
  readonly record?: (value: V, message: MqttMessage<TopicLevels<P>>) => T;
  /** Stable identity of the session: acknowledgement and replay hang on it. */
  readonly clientId: string;
  /** The most that messages come with. Default 1. */
  readonly qos?: 0 | 1 | 2;
  /** How long the broker keeps the session while we are away (MQTT 5; with 3.1.1 the broker decides). Default `'1d'`. */
  readonly sessionExpiry?: Duration;
  /** What becomes of messages that the broker kept and sends because we subscribe. Default `accept`. */
  readonly retained?: 'accept' | 'skip';
  /** A payload of no bytes (it clears a retained message): `reject` (default) as `invalid`, `skip`, or `pass` to the format. */
  readonly empty?: 'reject' | 'skip' | 'pass';
  /** Partitions of the watermark: one, or one for each topic. Default `one`. */
  readonly partitions?: 'one' | 'topic';
  /**
   * Messages without acknowledgement, at the most, whatever the broker sends; on MQTT 5 also the receive maximum. Default
   * 1,000. With MQTT 3.1.1 the broker has a limit of its own, of which it does not tell: at first it is taken to be 20, or
   * what this option says.
   */
  readonly maxUnacked?: number;
  /**
   * A folder: messages are written there, fsynced, then acknowledged; the job replays from it. Without it,
   * acknowledgements wait for the checkpoint.
   */
  readonly journal?: string | MqttJournalOptions;
  /** Anything else that `mqtt.connect` takes (credentials, TLS, will, properties), except what we decide. */
  readonly connect?: object;
}

/** The options of a source, checked, with the defaults in their places. */
export interface FromMqttSettings {
  readonly name: string;
  readonly url: string;
  readonly filters: readonly TopicFilter[];
  readonly format: Format<unknown> & Required<Pick<Format<unknown>, 'decode'>>;
  readonly record: ((value: never, message: MqttMessage<never>) => unknown) | undefined;
  readonly clientId: string;
  readonly qos: 0 | 1 | 2;
  readonly retained: 'accept' | 'skip';
  readonly empty: 'reject' | 'skip' | 'pass';
  readonly partitions: 'one' | 'topic';
  readonly maxUnacked: number;
  /** What the broker is taken to let out until it is known better. */
  readonly assumedInFlight: number;
  readonly journal: JournalSettings | undefined;
  readonly connect: IClientOptions;
}

const where = 'fromMqtt';
const names = [
  'url',
  'topic',
  'value',
  'record',
  'clientId',
  'qos',
  'sessionExpiry',
  'retained',
  'empty',
  'partitions',
  'maxUnacked',
  'journal',
  'connect',
];
const mostUnacked = 65_535;
/** In seconds: never. */
const longestExpiry = 0xffff_ffff;
/** What Mosquitto lets out to a client of MQTT 3.1.1 unless it is told otherwise. */
const inFlightOf311 = 20;

/** @throws ArgumentError for an option that is wrong. */
export function fromMqttSettings<V, P extends string, T>(options: FromMqttOptions<V, P, T>): FromMqttSettings {
  const given = optionsObject<FromMqttOptions<V, P, T>>(where, options, names);
  const filters = topicFilters(given.topic);
  const maxUnacked = unacked(given.maxUnacked ?? 1_000);
  const { properties, ...connect } = connectOptions(where, given.connect);
  const expiryMs = positiveDuration(where, 'sessionExpiry', given.sessionExpiry ?? '1d');
  const speaks5 = (connect.protocolVersion ?? 5) === 5;
  const inFlight = speaks5 ? maxUnacked : given.maxUnacked === undefined ? inFlightOf311 : maxUnacked;
  const own = {
    sessionExpiryInterval: Math.min(Math.ceil(expiryMs / 1_000), longestExpiry),
    receiveMaximum: maxUnacked,
  };
  return {
    name: `mqtt:${filters.map(({ filter }) => filter).join(',')}`,
    url: brokerUrl(where, given.url),
    filters,
    format: messageFormat(where, given.value, 'decode'),
    record: given.record === undefined ? undefined : callback(where, 'record', given.record),
    clientId: aText(where, 'clientId', given.clientId, 'a text that stays the same, of no other client'),
    qos: qosOf(where, given.qos),
    retained: oneOf(where, 'retained', given.retained ?? 'accept', ['accept', 'skip']),
    empty: oneOf(where, 'empty', given.empty ?? 'reject', ['reject', 'skip', 'pass']),
    partitions: oneOf(where, 'partitions', given.partitions ?? 'one', ['one', 'topic']),
    maxUnacked,
    assumedInFlight: inFlight,
    journal: given.journal === undefined ? undefined : journalSettings(given.journal),
    connect: { ...connect, clean: false, ...(speaks5 ? { properties: { ...properties, ...own } } : {}) },
  };
}

function topicFilters(topic: unknown): readonly TopicFilter[] {
  const list: readonly unknown[] = Array.isArray(topic) ? topic : [topic];
  const filters = list.map((each) => topicFilter(where, each));
  if (filters.length > 0 && new Set(filters.map(({ filter }) => filter)).size === filters.length) return filters;
  throw new ArgumentError(where, 'topic', 'at least one topic filter, none twice', topic);
}

function unacked(value: unknown): number {
  if (positiveInteger(where, 'maxUnacked', value) <= mostUnacked) return value as number;
  throw new ArgumentError(where, 'maxUnacked', `at most ${mostUnacked}`, value, 'a packet id has 16 bits');
}
