import type { IClientOptions } from 'mqtt';
import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { boolean, optionsObject, positiveInteger } from '../../core/guards.ts';
import { aText, brokerUrl, connectOptions, qosOf } from './client-options.ts';
import { messageFormat } from '../message-format.ts';

export interface ToMqttOptions<T> {
  /** `'mqtt://host:1883'`, or what else mqtt.js connects to: `mqtts:`, `ws:`, `wss:`. */
  readonly url: string;
  readonly topic: string | ((row: T) => string);
  /** How rows lie in their messages: `json()`, `text()`, or a `format` of yours. */
  readonly value: Format<T>;
  /** Of this sink alone: no source and no other client may have it. */
  readonly clientId: string;
  /** Default 1. With 0 nobody says whether a message has arrived. */
  readonly qos?: 0 | 1 | 2;
  /** Whether the broker keeps the last message of each topic for those who subscribe later. Default false. */
  readonly retain?: boolean;
  /** Messages under way at a time; fewer where the broker takes fewer. Default 1,000. */
  readonly maxInFlight?: number;
  /** Anything else that `mqtt.connect` takes (credentials, TLS, will, properties), except what we decide. */
  readonly connect?: object;
}

/** The options of a sink, checked, with the defaults in their places. */
export interface ToMqttSettings<T> {
  readonly name: string;
  readonly url: string;
  readonly topicOf: (row: T) => string;
  readonly encode: (row: T) => Uint8Array;
  readonly clientId: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly maxInFlight: number;
  readonly connect: IClientOptions;
}

const where = 'toMqtt';
const names = ['url', 'topic', 'value', 'clientId', 'qos', 'retain', 'maxInFlight', 'connect'];

/** @throws ArgumentError for an option that is wrong. */
export function toMqttSettings<T>(options: ToMqttOptions<T>): ToMqttSettings<T> {
  const given = optionsObject<ToMqttOptions<T>>(where, options, names);
  const { topic } = given;
  return {
    name: `mqtt:${typeof topic === 'string' ? topic : 'by row'}`,
    url: brokerUrl(where, given.url),
    topicOf: topicOf(topic),
    encode: (messageFormat(where, given.value, 'encode') as unknown as { encode: (row: T) => Uint8Array }).encode,
    clientId: aText(where, 'clientId', given.clientId, 'a text that stays the same, of no other client'),
    qos: qosOf(where, given.qos),
    retain: boolean(where, 'retain', given.retain ?? false),
    maxInFlight: positiveInteger(where, 'maxInFlight', given.maxInFlight ?? 1_000),
    connect: { ...connectOptions(where, given.connect), clean: true },
  };
}

function topicOf<T>(topic: unknown): (row: T) => string {
  if (typeof topic === 'string' && isTopic(topic)) return () => topic;
  if (typeof topic === 'function') return (row) => topicOfRow((topic as (row: T) => unknown)(row));
  const expected = 'a topic without wildcards, or a function that answers one';
  throw new ArgumentError(where, 'topic', expected, topic);
}

/** @throws TypeError for what is no topic: it is the row that is wrong. */
function topicOfRow(topic: unknown): string {
  if (typeof topic === 'string' && isTopic(topic)) return topic;
  throw new TypeError(`toMqtt: ${JSON.stringify(topic)} is no topic that can be published to`);
}

function isTopic(topic: string): boolean {
  return topic !== '' && !topic.includes('+') && !topic.includes('#') && !topic.includes('\0');
}
