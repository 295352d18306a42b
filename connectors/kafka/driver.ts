/**
 * What a Kafka client must do for us. The adapter for kafkajs stands in `kafkajs/`; docs/adr/0010 shows that others fit.
 * Offsets are decimal texts. Everything that fails does so with a `ConnectorError`.
 */
export interface KafkaDriver {
  /** Opens nothing until `start`. */
  openConsumer(options: ConsumerOptions, listener: ConsumerListener): KafkaConsumer;
  /** Opens nothing until `open`. */
  openProducer(options: ProducerOptions): KafkaProducer;
  /** Opens nothing until it is asked. `where`: who asks, for its errors. */
  openLookup(where: string): KafkaLookup;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly isolation: 'read_committed' | 'read_uncommitted';
  readonly sessionTimeoutMs: number;
  /**
   * `alone`: one member has all partitions. `group`: they are dealt out evenly by their numbers, those of one number to one
   * member, and a member keeps what it has as far as that goes.
   */
  readonly scale: 'alone' | 'group';
}

/** Told by a consumer, within its own calls. */
export interface ConsumerListener {
  /**
   * The partitions are this member's, from now on; none where another member has them all. Answers where each of them is
   * to be read; one that is left out is not read until it is sought.
   */
  assigned(partitions: readonly TopicPartition[]): ReadonlyMap<TopicPartition, string>;
  /**
   * A batch as it was fetched. While the answer is open nothing more of this partition may come; the consumer keeps its
   * membership meanwhile.
   */
  fetched(batch: FetchedBatch): Promise<void> | undefined;
  /** There was nothing but markers and aborted records up to here. */
  advanced(partition: TopicPartition, next: string): void;
  /** It is over: nothing else will come. */
  failed(cause: unknown): void;
}

export interface FetchedBatch extends TopicPartition {
  /** What was asked for; later than expected where the client has moved by itself. */
  readonly from: string;
  /** Where to go on behind it, markers included. */
  readonly next: string;
  /** In the order of their offsets: what is committed, without markers. */
  readonly messages: readonly FetchedMessage[];
}

export interface FetchedMessage {
  readonly offset: string;
  /** Epoch ms as decimal text. */
  readonly timestamp: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string | Uint8Array | readonly (string | Uint8Array)[] | undefined>>;
}

export interface KafkaConsumer {
  /**
   * Answers when it is a member of the group. It keeps that by itself, whoever is slow. `partitions`: how many its topics have
   * now; so many batches may be with the listener at a time, and others may be held up when there are more.
   */
  start(partitions: number): Promise<void>;
  /** Reads on from here. */
  seek(partition: TopicPartition, offset: string): void;
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** Answers when the group has them. */
  commit(offsets: readonly (TopicPartition & { readonly offset: string })[]): Promise<void>;
  /** Leaves the group. Idempotent. */
  close(): Promise<void>;
}

export interface ProducerOptions {
  /** With it everything is sent in transactions. */
  readonly transaction?: { readonly id: string; readonly timeoutMs: number; readonly marker: MarkerPlace };
  readonly compression: 'none' | 'gzip';
}

/** Where the id of the last commit is kept: as the metadata of an offset, in a group that nobody reads with. */
export interface MarkerPlace {
  readonly groupId: string;
  readonly topic: string;
}

export interface OutgoingMessage extends TopicPartition {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface KafkaProducer {
  /** With transactions: shuts out whoever used their id before; what that one had not committed is gone when it answers. */
  open(): Promise<void>;
  /** Answers when every message has been acknowledged by all replicas; in the order given, for each partition. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Ends the transaction, which carries this mark. */
  commit(mark: string): Promise<void>;
  /** Gives up what is not committed. Idempotent. */
  close(): Promise<void>;
}

export interface KafkaLookup {
  /** How many partitions a topic has; an unknown topic is not created. */
  partitions(topic: string): Promise<number>;
  /** The first offset that is still there, and the one behind the last. */
  ends(topic: string): Promise<readonly { readonly low: string; readonly high: string }[]>;
  /** The first offsets at or after this time; behind the last where there is none. */
  offsetsAt(topic: string, time: number): Promise<readonly string[]>;
  /** What a group has committed, as far as it has. */
  committed(
    groupId: string,
    topic: string,
  ): Promise<ReadonlyMap<number, { readonly offset: string; readonly metadata: string }>>;
  /** The largest message that a topic takes, in bytes; nothing where nobody may know. */
  maxMessageBytes(topic: string): Promise<number | undefined>;
  close(): Promise<void>;
}
