import type { CompressionTypes, PartitionerArgs, Producer, RecordMetadata, TopicMessages, Transaction } from 'kafkajs';
import type { KafkaClient } from '../driver-of.ts';
import { ConnectorError } from '../../../core/errors.ts';
import type { KafkaProducer, OutgoingMessage, ProducerOptions } from '../driver.ts';
import { kafkaJsError } from './kafka-js-error.ts';
import { patiently } from './patiently.ts';

const where = 'toKafka';
const compressions = { none: 0 as unknown as CompressionTypes, gzip: 1 as unknown as CompressionTypes };
/** Rounds of sending what a send has left out. */
const rounds = 5;
/** For so long closing waits for what may as well come later. */
const closeWithinMs = 1_000;

/**
 * A producer of kafkajs that loses nothing in silence: partitions are chosen by the caller, so that a retry cannot choose
 * others; an answer that leaves out a partition is not taken for one; and after a failure it is used no more, since kafkajs
 * would number the next batch like one that may have been stored.
 */
export class KafkaJsProducer implements KafkaProducer {
  readonly #producer: Producer;
  readonly #options: ProducerOptions;
  #transaction: Transaction | undefined;
  /** When the transaction that is open was begun. */
  #began = 0;
  #isBroken = false;
  /** What is under way. */
  #working: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(kafka: KafkaClient, options: ProducerOptions) {
    this.#options = options;
    this.#producer = madeProducer(kafka, options);
  }

  async open(): Promise<void> {
    await this.#doing('connect', async () => {
      await this.#producer.connect();
      // kafkajs asks for its epoch, and so shuts out others, with the first transaction only.
      if (this.#options.transaction === undefined) return;
      this.#transaction = await patiently(() => this.#producer.transaction());
      this.#began = 0;
    });
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.#doing('write', async () => {
      const sender = this.#options.transaction === undefined ? this.#producer : await this.#begin();
      let waiting = messages;
      for (let round = 1; waiting.length > 0; round++) {
        const answered = await sender.sendBatch({
          acks: -1,
          compression: compressions[this.#options.compression],
          topicMessages: byTopic(waiting),
        });
        waiting = leftOut(waiting, answered);
        if (waiting.length > 0 && round === rounds) throw new Error(`${waiting.length} messages found no leader`);
      }
    });
  }

  async commit(mark: string): Promise<void> {
    await this.#doing('commit a transaction', async () => {
      const transaction = await this.#begin();
      const { groupId, topic } = this.#options.transaction!.marker;
      const partitions = [{ partition: 0, offset: '0', metadata: mark }];
      await patiently(() => transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions }] }));
      await transaction.commit();
      this.#transaction = undefined;
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Readers of what is committed would wait for its timeout, or for the next process of this name.
    const isOpen = !this.#isBroken && this.#began > 0 && this.#transaction?.isActive() === true;
    const aborting = isOpen ? this.#transaction!.abort().catch(() => undefined) : Promise.resolve();
    await soon(aborting);
    await this.#disconnect();
    // What was under way may have connected again behind our back, and may take long to give up.
    await soon(Promise.all([this.#working, aborting]).then(() => this.#disconnect()));
  }

  async #disconnect(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined);
  }

  /** The transaction that is open. Offsets of nothing are sent first: while the one before still ends, nothing else may begin. */
  async #begin(): Promise<Transaction> {
    const transaction = (this.#transaction ??= await patiently(() => this.#producer.transaction()));
    if (this.#began > 0) return transaction;
    const { groupId } = this.#options.transaction!.marker;
    await patiently(() => transaction.sendOffsets({ consumerGroupId: groupId, topics: [] }));
    this.#began = performance.now();
    return transaction;
  }

  async #doing(what: string, act: () => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) throw new ConnectorError(where, 'the producer is closed', { retryable: true });
    if (this.#isBroken) throw new ConnectorError(where, 'the producer has failed before', { retryable: true });
    const acting = act();
    this.#working = acting.catch(() => undefined);
    try {
      await acting;
      if (this.#transaction === undefined) this.#began = 0;
    } catch (cause) {
      this.#isBroken = true;
      throw this.#isLate(cause) ?? kafkaJsError(where, what, cause);
    }
  }

  /** A transaction that took too long is given up by the broker, which then says the same as to one that was shut out. */
  #isLate(cause: unknown): ConnectorError | undefined {
    const { timeoutMs = Number.POSITIVE_INFINITY } = this.#options.transaction ?? {};
    if (this.#began === 0 || performance.now() - this.#began < timeoutMs) return undefined;
    const what = `the broker gave up a transaction that was open for longer than \`transactionTimeout\` (${timeoutMs} ms)`;
    return new ConnectorError(where, what, { cause, retryable: true });
  }
}

function soon(work: Promise<unknown>): Promise<unknown> {
  return Promise.race([work, new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())]);
}

function madeProducer(kafka: KafkaClient, { transaction }: ProducerOptions): Producer {
  try {
    return kafka.producer({
      allowAutoTopicCreation: false,
      // Asked again with each retry: it must not have a choice.
      createPartitioner: () => chosenPartition,
      idempotent: true,
      ...(transaction === undefined
        ? {}
        : { transactionalId: transaction.id, transactionTimeout: transaction.timeoutMs, maxInFlightRequests: 1 }),
    });
  } catch (cause) {
    // What the user has set in the client may not go with that, such as no retries at all.
    throw kafkaJsError(where, 'make a producer', cause);
  }
}

function chosenPartition({ message }: PartitionerArgs): number {
  if (message.partition === undefined) throw new RangeError('a message without a partition');
  return message.partition;
}

function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, partition, key, value, timestamp, headers } of messages) {
    let entry = topics.get(topic);
    if (entry === undefined) topics.set(topic, (entry = { topic, messages: [] }));
    entry.messages.push({
      partition,
      key: asBuffer(key),
      value: asBuffer(value),
      timestamp: String(timestamp),
      ...(headers === undefined ? {} : { headers }),
    });
  }
  return [...topics.values()];
}

/** kafkajs writes other bytes than these as text. */
function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** kafkajs keeps the answers of brokers over a retry: what moved to one of them meanwhile is never sent, and nobody is told. */
function leftOut(sent: readonly OutgoingMessage[], answered: readonly RecordMetadata[]): readonly OutgoingMessage[] {
  const done = new Set(
    answered.filter(({ errorCode }) => errorCode === 0).map((each) => `${each.topicName}/${each.partition}`),
  );
  return sent.filter(({ topic, partition }) => !done.has(`${topic}/${partition}`));
}
