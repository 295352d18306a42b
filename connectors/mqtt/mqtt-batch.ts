import type { Batch, Position, Unreadable } from '../../core/batch.ts';
import type { Format } from '../../core/format.ts';
import { decodeUtf8 } from '../../core/format/utf8.ts';
import type { Origin } from '../../core/rejection.ts';
import type { MqttMessage, TakenMessage } from './mqtt-message.ts';

/** How messages become records. */
export interface Decoding {
  readonly format: string;
  readonly decode: NonNullable<Format<unknown>['decode']>;
  readonly record: ((value: never, message: MqttMessage<never>) => unknown) | undefined;
  /** A payload of no bytes is refused. */
  readonly refusesEmpty: boolean;
}

/** Bytes of a message that could not be decoded which are kept. */
const worthKeeping = 4_096;
/** What a message holds in memory beside its bytes. */
const overheadBytes = 64;

/** The records of messages that came one after the other. */
export class MqttBatch<T> implements Batch<T> {
  readonly partition: string;
  readonly records: T[] = [];
  readonly timestamps: number[] = [];
  readonly unreadable: Unreadable[] = [];
  bytes = 0;
  readonly #messages: readonly TakenMessage[];
  readonly #source: string;
  readonly #positionAt: (number: number) => Position;
  /** Which message each record was, once one was left out. */
  #places: number[] | undefined;

  constructor(
    partition: string,
    messages: readonly TakenMessage[],
    source: string,
    positionAt: (number: number) => Position,
  ) {
    this.partition = partition;
    this.#messages = messages;
    this.#source = source;
    this.#positionAt = positionAt;
  }

  /** Makes records of all messages, in their order. */
  async decode({ format, decode, record, refusesEmpty }: Decoding): Promise<this> {
    for (const [place, taken] of this.#messages.entries()) {
      const { message, receivedAt } = taken;
      this.bytes += message.payload.length + message.topic.length + overheadBytes;
      if (message.payload.length === 0 && refusesEmpty) {
        this.#refuse(taken, { rule: 'a message with a payload', received: '' });
        continue;
      }
      try {
        let value = decode(message.payload);
        // Only where a format makes one: a promise for each record would cost more than the record.
        if (value instanceof Promise) value = await (value as Promise<unknown>);
        if (record !== undefined) value = record(value as never, told(taken) as MqttMessage<never>);
        this.records.push(value as T);
        this.timestamps.push(receivedAt);
        this.#places?.push(place);
      } catch (cause) {
        this.#refuse(taken, { rule: `a message in ${format}`, cause });
      }
    }
    return this;
  }

  positionAfter(count: number): Position {
    const first = this.#messages[0]?.number ?? 1;
    if (count === this.records.length) return this.#positionAt(this.#messages.at(-1)?.number ?? first);
    return this.#positionAt(count === 0 ? first - 1 : (this.#messageOf(count - 1)?.number ?? first - 1));
  }

  origin(index: number): Origin | undefined {
    const taken = this.#messageOf(index);
    return taken === undefined ? undefined : this.#originOf(taken);
  }

  #refuse(taken: TakenMessage, fault: Pick<Unreadable, 'rule' | 'received' | 'cause'>): void {
    this.#places ??= this.records.map((_, index) => index);
    const value = readable(taken.message.payload);
    this.unreadable.push({ before: this.records.length, value, origin: this.#originOf(taken), ...fault });
  }

  #messageOf(index: number): TakenMessage | undefined {
    const place = this.#places === undefined ? index : this.#places[index];
    return place === undefined ? undefined : this.#messages[place];
  }

  #originOf({ message }: TakenMessage): Origin {
    return { source: this.#source, topic: message.topic };
  }
}

function told({ message, levels, receivedAt }: TakenMessage): MqttMessage {
  const { topic, qos, retain, duplicate, properties } = message;
  return { topic, levels, qos, retain, duplicate, properties, receivedAt };
}

/** As text where it is one, else in base64: a dead letter is read by people. */
function readable(payload: Uint8Array): string {
  const kept = payload.subarray(0, worthKeeping);
  return decodeUtf8(kept) ?? Buffer.from(kept).toString('base64');
}
