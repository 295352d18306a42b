import type { SinkRequest, SinkState, SinkWriter } from '../../core/sink.ts';
import type { KafkaLookup, KafkaProducer, OutgoingMessage } from './driver.ts';
import { Partitions } from './partitions.ts';
import type { ToKafkaSettings } from './sink-options.ts';

/** Of one partition in one request: brokers take a batch of 1 MiB unless told otherwise. */
const partitionBytes = 768 * 1024;
/** Of all partitions in one request. */
const requestBytes = 4 * 1024 * 1024;
/** What a message takes in a batch beside its bytes, at the most that is usual. */
const overheadBytes = 64;
const defaultMessageBytes = 1_048_588;

type Pending = Omit<OutgoingMessage, 'partition'> & { readonly bytes: number };

export interface KafkaWriterOptions {
  readonly producer: KafkaProducer;
  readonly lookup: KafkaLookup;
  readonly request: SinkRequest;
  /** With transactions it decides. */
  readonly isTransactional: boolean;
  /** Nothing where the topic is chosen row by row. */
  readonly maxMessageBytes: number | undefined;
}

/** Writes encoded rows, in order, and keeps what is not acknowledged. */
export class KafkaWriter<T> implements SinkWriter<T> {
  readonly #settings: ToKafkaSettings<T>;
  readonly #options: KafkaWriterOptions;
  readonly #partitions: Partitions;
  readonly #maxBytes: number;
  #pending: Pending[] = [];
  #bytes = 0;
  /** Takes back the wish for a checkpoint before the transaction is too old. */
  #cancel: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: ToKafkaSettings<T>, options: KafkaWriterOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#partitions = new Partitions(options.lookup, options.request.clock);
    this.#maxBytes = options.maxMessageBytes ?? defaultMessageBytes;
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    return { records: this.#pending.length, bytes: this.#bytes };
  }

  /** @throws TypeError where the row cannot be a message of the topic: it is the row that is wrong, nothing was taken. */
  write(row: T, timestamp: number): void {
    const { topic, keyOf, encode, isTombstone, timeOf, headers } = this.#settings;
    const key = keyOf(row);
    const value = isTombstone(row) ? null : encode(row);
    const time = timeOf(row, timestamp);
    const own = headers?.(row);
    const bytes = (key?.length ?? 0) + (value?.length ?? 0) + sizeOf(own) + overheadBytes;
    if (bytes > this.#maxBytes) {
      throw new TypeError(`toKafka: a message of ${bytes} bytes is more than the topic takes (${this.#maxBytes})`);
    }
    this.#pending.push({
      topic: typeof topic === 'string' ? topic : topic(row),
      key,
      value,
      timestamp: Number.isFinite(time) ? time : this.#options.request.clock.now(),
      ...(own === undefined ? {} : { headers: own }),
      bytes,
    });
    this.#bytes += bytes;
  }

  async send(): Promise<void> {
    const until = this.#pending.length;
    if (until === 0) return;
    this.#watchTransaction();
    await this.#sendUpTo(until);
  }

  async cut(_checkpoint: string): Promise<SinkState> {
    await this.send();
    return {};
  }

  async commit(checkpoint: string): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#options.isTransactional) await this.#options.producer.commit(checkpoint);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancel?.();
    await this.#options.producer.close();
    await this.#options.lookup.close();
  }

  /** Rows leave our memory when they are acknowledged, in the order in which they came. */
  async #sendUpTo(until: number): Promise<void> {
    for (let left = until; left > 0;) {
      const chunk = await this.#chunk(left);
      await this.#options.producer.send(chunk);
      left -= chunk.length;
      for (const { bytes } of this.#pending.splice(0, chunk.length)) this.#bytes -= bytes;
    }
  }

  /** As many of the next rows as one request may hold. */
  async #chunk(most: number): Promise<readonly OutgoingMessage[]> {
    const sizes = new Map<string, number>();
    const chunk: OutgoingMessage[] = [];
    let total = 0;
    const next = this.#pending.slice(0, most);
    for (const topic of new Set(next.map((message) => message.topic))) await this.#partitions.know(topic);
    this.#partitions.turn();
    for (const { bytes, ...message } of next) {
      const partition = this.#partitions.of(message.topic, message.key);
      const place = `${message.topic}/${partition}`;
      const size = (sizes.get(place) ?? 0) + bytes;
      total += bytes;
      if (chunk.length > 0 && (size > partitionBytes || total > requestBytes)) break;
      sizes.set(place, size);
      chunk.push({ ...message, partition });
    }
    return chunk;
  }

  /** A transaction that is open for long is given up by the broker: at half of that a checkpoint should end it. */
  #watchTransaction(): void {
    const { isTransactional, request } = this.#options;
    if (!isTransactional || this.#cancel !== undefined) return;
    const halfMs = this.#settings.transactionTimeoutMs / 2;
    this.#cancel = request.clock.wakeAt(request.clock.now() + halfMs, request.wantsCheckpoint);
  }
}

function sizeOf(headers: Readonly<Record<string, string>> = {}): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 8, 0);
}
