import type { IPublishPacket, MqttClient } from 'mqtt';
import { ConnectorError } from '../../../core/errors.ts';

/** A message as it came from the broker. */
export interface InboundMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** Of QoS 1 and 2: by what it is acknowledged. */
  readonly id: number;
  readonly retain: boolean;
  readonly duplicate: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface InboundListener {
  /** A message came. Nothing further is read from the connection before `more` is called. */
  arrived(message: InboundMessage, more: () => void): void;
  /** The broker will not send the message of QoS 2 with this id again. */
  released(id: number): void;
}

/** The answers to messages, which nobody but the caller gives. */
export interface Answers {
  /** QoS 1: done with it. */
  acknowledge(id: number): void;
  /** QoS 2: taken over. */
  receive(id: number): void;
  /** QoS 2: forgotten. */
  complete(id: number): void;
}

type Answer = 'puback' | 'pubrec' | 'pubcomp';
type Packet = { readonly cmd: string; readonly messageId?: number };
type Send = (packet: Packet, done?: () => void, ...rest: unknown[]) => void;

/** Of most messages, and of all with MQTT 3.1.1. */
const noProperties: InboundMessage['properties'] = Object.freeze({});
/** The private method through which everything goes out. */
const sending = '_sendPacket';
/** A success of MQTT 5, told to nobody: with it mqtt.js keeps no QoS 2 message of its own, and emits none. */
const takenOver = 0x10;

/**
 * Takes inbound messages and their acknowledgements out of mqtt.js's hands; to be called before it connects. It has no
 * public way to leave a message unacknowledged and go on reading: `handleMessage` and `customHandleAcks` stop everything,
 * answers to pings included, until they are called back. So what it would answer is caught where it sends packets; this is
 * the only place that knows (ADR 0014), and test/mqtt/inbound.test.ts holds it against real brokers.
 *
 * @throws ConnectorError (`ML_MQTT_DRIVER`) for a version of mqtt.js that is built in another way.
 */
export function takeInbound(where: string, client: MqttClient, listener: InboundListener): Answers {
  const inside = client as unknown as { [sending]?: Send };
  const sendPacket = inside[sending];
  if (sendPacket === undefined) {
    const what = 'this version of the package `mqtt` cannot be told when to acknowledge; 5.16 can';
    throw new ConnectorError(where, what, { retryable: false, code: 'ML_MQTT_DRIVER' });
  }
  const send: Send = sendPacket.bind(client);
  inside[sending] = (packet, done, ...rest) => {
    if (packet.cmd === 'pubcomp') listener.released(packet.messageId as number);
    if (isAnswer(packet.cmd)) done?.();
    else send(packet, done, ...rest);
  };
  client.options.customHandleAcks = (topic, _payload, packet, more) => {
    listener.arrived(messageOf(topic, packet), () => more(null as never, takenOver));
  };
  // Of QoS 0, whose topic may be an alias that only this event resolves.
  let topic = '';
  client.on('message', (resolved) => (topic = resolved));
  client.handleMessage = (packet, more) => {
    if (packet.qos === 0) listener.arrived(messageOf(topic, packet), () => more());
    else more();
  };
  const out = new Outbox(client);
  return {
    acknowledge: (id) => out.add(0x40, id),
    receive: (id) => out.add(0x50, id),
    complete: (id) => out.add(0x70, id),
  };
}

/** Answers that are said in the same moment leave as one piece: each has four bytes, in both versions of the protocol. */
class Outbox {
  readonly #client: MqttClient;
  #bytes: number[] = [];

  constructor(client: MqttClient) {
    this.#client = client;
  }

  add(kind: 0x40 | 0x50 | 0x70, id: number): void {
    if (this.#bytes.length === 0) queueMicrotask(() => this.#flush());
    this.#bytes.push(kind, 2, id >> 8, id & 0xff);
  }

  #flush(): void {
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    // What is said when the connection is gone, nobody waits for.
    if (this.#client.connected) this.#client.stream.write(bytes);
  }
}

function isAnswer(cmd: string): cmd is Answer {
  return cmd === 'puback' || cmd === 'pubrec' || cmd === 'pubcomp';
}

function messageOf(topic: string, packet: IPublishPacket): InboundMessage {
  const { payload, qos, messageId = 0, retain, dup, properties = noProperties } = packet;
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return {
    topic,
    payload: bytes,
    qos,
    id: messageId,
    retain,
    duplicate: dup,
    properties,
  };
}
