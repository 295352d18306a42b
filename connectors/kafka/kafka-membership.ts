import type { JoinRequest, Membership, Source } from '../../core/source.ts';
import type {
  ConsumerListener,
  FetchedBatch,
  KafkaConsumer,
  KafkaDriver,
  KafkaLookup,
  TopicPartition,
} from './driver.ts';
import { KafkaReader } from './kafka-reader.ts';
import { otherCount, partitionCount } from './partition-counts.ts';
import { ShareConsumer } from './share-consumer.ts';
import type { FromKafkaSettings } from './source-options.ts';
import { kafkaTraits } from './traits.ts';

const where = 'fromKafka';

/**
 * A member of a group whose members share the partitions: one consumer for all shares that this process has. A share is the
 * partitions of one number; who reads it is asked where, and told what has come.
 */
export class KafkaMembership<T> implements Membership<T>, ConsumerListener {
  readonly consumer: KafkaConsumer;
  readonly #settings: FromKafkaSettings;
  readonly #request: JoinRequest;
  readonly #lookup: KafkaLookup;
  readonly #readers = new Map<number, ConsumerListener>();
  #own: readonly TopicPartition[] = [];
  #count = 0;
  #closing: Promise<void> | undefined;

  constructor(settings: FromKafkaSettings, request: JoinRequest) {
    this.#settings = settings;
    this.#request = request;
    const { driver, groupId, topics, isolation, sessionTimeoutMs } = settings;
    this.#lookup = driver.openLookup(where);
    this.consumer = driver.openConsumer({ groupId, topics, isolation, sessionTimeoutMs, scale: 'group' }, this);
  }

  async start(): Promise<void> {
    this.#count = await partitionCount(this.#lookup, this.#settings.topics);
    await this.consumer.start(this.#count * this.#settings.topics.length);
  }

  share(name: string): Source<T> {
    const { topics } = this.#settings;
    const share = { partition: Number(name), of: this.#count };
    const settings = { ...this.#settings, share, driver: this.#driverOf(share.partition) };
    return {
      name: `kafka:${topics.join(',')}`,
      traits: kafkaTraits(settings),
      open: (request) => new KafkaReader<T>(settings, request),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  assigned(partitions: readonly TopicPartition[]): ReadonlyMap<TopicPartition, string> {
    this.#own = partitions;
    const further = partitions.find(({ partition }) => partition >= this.#count);
    if (further !== undefined) {
      this.failed(otherCount(further.topic, this.#count, further.partition + 1));
      return new Map();
    }
    const numbers = new Set(partitions.map(({ partition }) => partition));
    this.#request.assigned(new Set([...numbers].map(String)));
    const readers = [...this.#readers].filter(([number]) => numbers.has(number));
    return new Map(readers.flatMap(([number, reader]) => [...this.#placesOf(number, reader)]));
  }

  fetched(batch: FetchedBatch): Promise<void> | undefined {
    return this.#readers.get(batch.partition)?.fetched(batch);
  }

  advanced(partition: TopicPartition, next: string): void {
    this.#readers.get(partition.partition)?.advanced(partition, next);
  }

  failed(cause: unknown): void {
    this.#request.failed(cause);
  }

  /** Somebody reads this share from now on. */
  read(share: number, reader: ConsumerListener): void {
    this.#readers.set(share, reader);
    for (const [partition, offset] of this.#placesOf(share, reader)) this.consumer.seek(partition, offset);
  }

  leave(share: number, reader: ConsumerListener): void {
    if (this.#readers.get(share) !== reader) return;
    this.#readers.delete(share);
    for (const each of this.#own) if (each.partition === share) this.consumer.pause(each);
  }

  /** Whether a share is this process's now. */
  has(share: number): boolean {
    return this.#own.some(({ partition }) => partition === share);
  }

  /** Where a share is to be read. What nobody read until now stands still. */
  #placesOf(share: number, reader: ConsumerListener): ReadonlyMap<TopicPartition, string> {
    const own = this.#own.filter(({ partition }) => partition === share);
    if (own.length === 0) return new Map();
    const places = reader.assigned(own);
    for (const each of places.keys()) this.consumer.resume(each);
    return places;
  }

  /** What a reader of one share uses: the lookup is everybody's, and so is the consumer. */
  #driverOf(share: number): KafkaDriver {
    return {
      ...this.#settings.driver,
      openConsumer: (_, listener) => new ShareConsumer(this, share, listener),
      openLookup: () => ({ ...boundTo(this.#lookup), close: () => Promise.resolve() }),
    };
  }

  async #close(): Promise<void> {
    await this.consumer.close();
    await this.#lookup.close();
  }
}

function boundTo(lookup: KafkaLookup): Omit<KafkaLookup, 'close'> {
  return {
    partitions: (topic) => lookup.partitions(topic),
    ends: (topic) => lookup.ends(topic),
    offsetsAt: (topic, time) => lookup.offsetsAt(topic, time),
    committed: (groupId, topic) => lookup.committed(groupId, topic),
    maxMessageBytes: (topic) => lookup.maxMessageBytes(topic),
  };
}
