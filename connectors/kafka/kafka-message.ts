import type { FetchedMessage, TopicPartition } from './driver.ts';

const zero = 48;

/** A message as it stands in its topic. */
export interface KafkaMessage {
  readonly topic: string;
  readonly partition: number;
  /** A decimal text: it may be larger than a number can hold. */
  readonly offset: string;
  /** Epoch ms: when it was made, or when it was appended, as the topic's `message.timestamp.type` says. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** A header that came more than once is a list. */
  readonly headers: Readonly<Record<string, Uint8Array | readonly Uint8Array[] | undefined>>;
}

export function messageOf({ topic, partition }: TopicPartition, message: FetchedMessage): KafkaMessage {
  const { offset, key, value } = message;
  return { topic, partition, offset, key, value, timestamp: timestampOf(message), headers: headersOf(message) };
}

/** NaN where the message has none: those of the oldest format do not. */
export function timestampOf({ timestamp }: FetchedMessage): number {
  // All times since 2001 have so many digits, and one is read for each record.
  if (timestamp.length === 13 && timestamp.charCodeAt(0) >= zero) {
    let time = 0;
    for (let at = 0; at < 13; at++) time = time * 10 + (timestamp.charCodeAt(at) - zero);
    return time;
  }
  const time = Number(timestamp);
  return time < 0 ? Number.NaN : time;
}

function headersOf({ headers = {} }: FetchedMessage): KafkaMessage['headers'] {
  const list = Object.entries(headers).map(([name, value]) => [name, bytesOf(value)] as const);
  return Object.fromEntries(list);
}

type Header = NonNullable<FetchedMessage['headers']>[string];

function bytesOf(value: Header): Uint8Array | readonly Uint8Array[] | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  if (value === undefined || value instanceof Uint8Array) return value;
  return value.map((each) => (typeof each === 'string' ? Buffer.from(each) : each));
}
