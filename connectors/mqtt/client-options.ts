import type { IClientOptions } from 'mqtt';
import { ArgumentError } from '../../core/errors.ts';

/** What a source or a sink decides itself: taken from outside it would lose messages. */
const ours = [
  'clientId',
  'clean',
  'resubscribe',
  'incomingStore',
  'outgoingStore',
  'customHandleAcks',
  'messageIdProvider',
  'manualConnect',
  'reconnectPeriod',
  'reconnectOnConnackError',
  'queueQoSZero',
];
/** Of the properties of MQTT 5: those that other options say. */
const ourProperties = ['sessionExpiryInterval', 'receiveMaximum'];

export function connectOptions(where: string, connect: unknown = {}): IClientOptions {
  if (typeof connect !== 'object' || connect === null) {
    throw new ArgumentError(where, 'connect', 'an object with options of mqtt.connect', connect);
  }
  const { properties = {} } = connect as { readonly properties?: object };
  const decided = ours.find((name) => name in connect) ?? ourProperties.find((name) => name in properties);
  if (decided !== undefined) {
    const hint = 'it is decided here, so that nothing is lost';
    throw new ArgumentError(where, 'connect', `options without \`${decided}\``, decided, hint);
  }
  return connect;
}

export function brokerUrl(where: string, url: unknown): string {
  const text = aText(where, 'url', url, "the address of a broker such as 'mqtt://host:1883'");
  if (/^(mqtts?|wss?|tcp|ssl|tls):\/\/./.test(text)) return text;
  throw new ArgumentError(where, 'url', 'an address with mqtt:, mqtts:, ws: or wss:', url);
}

export function aText(where: string, option: string, value: unknown, expected: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ArgumentError(where, option, expected, value);
}

export function qosOf(where: string, qos: unknown = 1): 0 | 1 | 2 {
  if (qos === 0 || qos === 1 || qos === 2) return qos;
  throw new ArgumentError(where, 'qos', '0, 1 or 2', qos);
}
