import type { Batch, Position, Unreadable } from '../../core/batch.ts';
import { decodeUtf8 } from '../../core/format/utf8.ts';
import type { Origin } from '../../core/rejection.ts';
import type { Decoding } from './decoding.ts';
import type { FetchedBatch, FetchedMessage } from './driver.ts';
import { Offsets } from './offsets.ts';
import { messageOf, timestampOf } from './kafka-message.ts';

/** What a position of ours says. */
export type KafkaPosition = { readonly offset: string } & Kept;

/** What stays the same in all positions of a partition: where it is to be left, and of how many it is one where that matters. */
export type Kept = { readonly end?: string; readonly of?: number };

/** Bytes of a message that could not be decoded which are kept. */
const worthKeeping = 4_096;
/** What a message holds in memory beside its bytes. */
const overheadBytes = 64;

/** The records of one fetch of one partition. Its messages are let go once they are decoded: they take more than the records. */
export class KafkaBatch<T> implements Batch<T> {
  readonly partition: string;
  readonly records: T[] = [];
  timestamps: Float64Array;
  readonly unreadable: Unreadable[] = [];
  bytes = 0;
  readonly #fetched: Omit<FetchedBatch, 'messages'>;
  readonly #offsets: Offsets;
  readonly #kept: Kept;
  #messages: FetchedBatch['messages'];
  /** Which message each record was, once one was left out. */
  #places: number[] | undefined;

  constructor(partition: string, { messages, ...fetched }: FetchedBatch, kept: Kept) {
    this.partition = partition;
    this.#fetched = fetched;
    this.#messages = messages;
    // A message is a record nearly always; lists that grow would be copied again and again.
    this.records.length = messages.length;
    this.timestamps = new Float64Array(messages.length);
    this.#offsets = new Offsets(messages);
    this.#kept = kept;
  }

  /** Makes records of all messages, in their order. */
  async decode({ format, decode, record, tombstones }: Decoding<T>): Promise<this> {
    const { records, timestamps } = this;
    const messages = this.#messages;
    let bytes = overheadBytes * messages.length;
    let count = 0;
    let said: string | undefined;
    let time = 0;
    for (let place = 0; place < messages.length; place++) {
      const message = messages[place]!;
      const { key, value: encoded, timestamp } = message;
      if (key !== null) bytes += key.length;
      if (encoded !== null) bytes += encoded.length;
      else if (tombstones !== 'pass') {
        const skipped = tombstones === 'skip' ? { skipped: true as const } : {};
        this.#refuse(count, message, { rule: 'a message with a value', received: null, ...skipped });
        continue;
      }
      try {
        let value = encoded === null ? null : decode(encoded);
        // Only where a format makes one: a promise for each record would cost more than the record.
        if (value instanceof Promise) value = await (value as Promise<unknown>);
        if (record !== undefined) value = record(value as never, messageOf(this.#fetched, message));
        // Neighbours often are of the same millisecond.
        if (timestamp !== said) {
          said = timestamp;
          time = timestampOf(message);
        }
        records[count] = value as T;
        timestamps[count] = time;
        this.#places?.push(place);
        count++;
      } catch (cause) {
        this.#refuse(count, message, { rule: `a message in ${format}`, cause });
      }
    }
    this.#messages = [];
    records.length = count;
    this.timestamps = timestamps.subarray(0, count);
    this.bytes = bytes;
    return this;
  }

  positionAfter(count: number): Position {
    const { from, next } = this.#fetched;
    const last = this.#offsetOf(count - 1);
    const behind = last === undefined ? from : String(BigInt(last) + 1n);
    const offset = count === this.records.length ? next : behind;
    return { offset, ...this.#kept };
  }

  origin(index: number): Origin | undefined {
    const offset = this.#offsetOf(index);
    return offset === undefined ? undefined : this.#originOf(offset);
  }

  #refuse(
    before: number,
    { offset, value }: FetchedMessage,
    fault: Pick<Unreadable, 'rule' | 'received' | 'cause' | 'skipped'>,
  ): void {
    this.#places ??= Array.from({ length: before }, (_, index) => index);
    this.unreadable.push({ before, value: readable(value), origin: this.#originOf(offset), ...fault });
  }

  #offsetOf(index: number): string | undefined {
    const place = this.#places === undefined ? index : this.#places[index];
    return place === undefined ? undefined : this.#offsets.at(place);
  }

  #originOf(offset: string): Origin {
    const { topic, partition } = this.#fetched;
    return { source: `kafka:${topic}`, partition: String(partition), offset };
  }
}

/** As text where it is one, else in base64: a dead letter is read by people. */
function readable(value: Uint8Array | null): string | null {
  if (value === null) return null;
  const kept = value.subarray(0, worthKeeping);
  return decodeUtf8(kept) ?? Buffer.from(kept).toString('base64');
}
