import type { InboundMessage } from './wire/inbound.ts';

/** A message as it came from the broker, without its payload. */
export interface MqttMessage<L = unknown> {
  readonly topic: string;
  /**
   * What the names in the topic filter stood for: `'site/{site}/{device}/temperature'` gives `site` and `device`,
   * `'logs/{path...}'` the rest as a list.
   */
  readonly levels: L;
  readonly qos: 0 | 1 | 2;
  /** It was kept by the broker, and came because we subscribed. */
  readonly retain: boolean;
  /** It may have been sent before. */
  readonly duplicate: boolean;
  /** MQTT 5: `userProperties`, `contentType`, `messageExpiryInterval` and so on, as mqtt.js names them. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Epoch ms: of the first arrival where a journal kept it, else of this one. */
  readonly receivedAt: number;
}

/** The name of one level of a topic filter. */
export type TopicLevel<S extends string> = S extends `{${infer N}...}`
  ? { readonly [K in N]: readonly string[] }
  : S extends `{${infer N}}`
    ? { readonly [K in N]: string }
    : unknown;

/** The named levels of a topic filter. */
export type TopicLevels<P extends string> = P extends `${infer A}/${infer R}`
  ? TopicLevel<A> & TopicLevels<R>
  : TopicLevel<P>;

/** A message that waits to become a record. */
export interface TakenMessage {
  readonly message: InboundMessage;
  readonly levels: Readonly<Record<string, string | readonly string[]>>;
  readonly receivedAt: number;
  /** By arrival; of QoS 0 that of the last one before it that is acknowledged. With a journal, by its place there. */
  readonly number: number;
}
