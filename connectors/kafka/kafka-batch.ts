import type { Batch, Position, Unreadable } from '../../core/batch.ts';
import type { Format } from '../../core/format.ts';
import { decodeUtf8 } from '../../core/format/utf8.ts';
import type { Origin } from '../../core/rejection.ts';
import type { FetchedBatch, FetchedMessage } from './driver.ts';
import { type KafkaMessage, messageOf, timestampOf } from './kafka-message.ts';

/** How messages become records. */
export interface Decoding<T> {
  readonly format: string;
  readonly decode: NonNullable<Format<unknown>['decode']>;
  readonly record: ((value: never, message: KafkaMessage) => T) | undefined;
  readonly tombstones: 'reject' | 'skip' | 'pass';
}

/** What a position of ours says. */
export type KafkaPosition = { readonly offset: string; readonly end?: string };

/** Bytes of a message that could not be decoded which are kept. */
const worthKeeping = 4_096;
/** What a message holds in memory beside its bytes. */
const overheadBytes = 64;

/** The records of one fetch of one partition. */
export class KafkaBatch<T> implements Batch<T> {
  readonly partition: string;
  readonly records: T[] = [];
  readonly timestamps: number[] = [];
  readonly unreadable: Unreadable[] = [];
  bytes = 0;
  readonly #fetched: FetchedBatch;
  readonly #end: string | undefined;
  /** Which message each record was, once one was left out. */
  #places: number[] | undefined;

  /** `end`: where the partition is to be left. */
  constructor(partition: string, fetched: FetchedBatch, end: string | undefined) {
    this.partition = partition;
    this.#fetched = fetched;
    this.#end = end;
  }

  /** Makes records of all messages, in their order. */
  async decode(decoding: Decoding<T>): Promise<this> {
    const { messages } = this.#fetched;
    for (let place = 0; place < messages.length; place++) {
      const message = messages[place]!;
      this.bytes += (message.key?.length ?? 0) + (message.value?.length ?? 0) + overheadBytes;
      if (message.value === null && decoding.tombstones !== 'pass') {
        const skipped = decoding.tombstones === 'skip' ? { skipped: true as const } : {};
        this.#refuse(message, { rule: 'a message with a value', received: null, ...skipped });
        continue;
      }
      try {
        let value = message.value === null ? null : decoding.decode(message.value);
        // Only where a format makes one: a promise for each record would cost more than the record.
        if (value instanceof Promise) value = await (value as Promise<unknown>);
        if (decoding.record !== undefined) value = decoding.record(value as never, messageOf(this.#fetched, message));
        this.records.push(value as T);
        this.timestamps.push(timestampOf(message));
        this.#places?.push(place);
      } catch (cause) {
        this.#refuse(message, { rule: `a message in ${decoding.format}`, cause });
      }
    }
    return this;
  }

  positionAfter(count: number): Position {
    const { from, next } = this.#fetched;
    const last = this.#offsetOf(count - 1);
    const behind = last === undefined ? from : String(BigInt(last) + 1n);
    const offset = count === this.records.length ? next : behind;
    return this.#end === undefined ? { offset } : { offset, end: this.#end };
  }

  origin(index: number): Origin | undefined {
    const offset = this.#offsetOf(index);
    return offset === undefined ? undefined : this.#originOf(offset);
  }

  #refuse({ offset, value }: FetchedMessage, fault: Pick<Unreadable, 'rule' | 'received' | 'cause' | 'skipped'>): void {
    const before = this.records.length;
    this.#places ??= this.records.map((_, index) => index);
    this.unreadable.push({ before, value: readable(value), origin: this.#originOf(offset), ...fault });
  }

  #offsetOf(index: number): string | undefined {
    const place = this.#places === undefined ? index : this.#places[index];
    return place === undefined ? undefined : this.#fetched.messages[place]?.offset;
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
