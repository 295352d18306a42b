import type { Batch, Consumer, EachBatchPayload } from 'kafkajs';
import { ConnectorError } from '../../../core/errors.ts';
import type { KafkaClient } from '../driver-of.ts';
import type { ConsumerListener, ConsumerOptions, KafkaConsumer, TopicPartition } from '../driver.ts';
import { aloneAssigner } from './alone-assigner.ts';
import { sharingAssigner } from './sharing-assigner.ts';
import { isOfType, kafkaJsError } from './kafka-js-error.ts';
import { wholeFetches } from './whole-fetches.ts';

const where = 'fromKafka';
/** A fetch waits so long for something to come: what is resumed, or closed, waits for it, too. */
const fetchWaitMs = 250;
/** For so long a batch that nobody takes holds up the others of its broker; then its partition is paused by itself. */
const holdMs = 500;
const beatMs = 100;
/** What kafkajs says of one that has crashed, or been closed: it has no other name for it. */
const stopped = ['Consumer group was not initialized, consumer#run must be called first'];
const notAMember = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'];

/** A member of a group, by kafkajs. It restarts nothing by itself, commits nothing by itself, and never stops to heartbeat. */
export class KafkaJsConsumer implements KafkaConsumer {
  readonly #consumer: Consumer;
  readonly #options: ConsumerOptions;
  readonly #listener: ConsumerListener;
  /** Since when it has the partitions; 0 where it has not. */
  #since = 0;
  /** The numbers of the partitions that it has. */
  #owned: ReadonlySet<number> = new Set();
  #starting: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #failure: { readonly cause: Error } | undefined;
  #rejoined = (): void => {};
  #nextJoin: Promise<void> = Promise.resolve();

  constructor(kafka: KafkaClient, options: ConsumerOptions, listener: ConsumerListener) {
    this.#options = options;
    this.#listener = listener;
    const { groupId, sessionTimeoutMs, isolation, scale } = options;
    const assigner = scale === 'alone' ? aloneAssigner(() => this.#since) : sharingAssigner(() => this.#owned);
    this.#consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeoutMs / 5)),
      rebalanceTimeout: sessionTimeoutMs * 2,
      maxWaitTimeInMs: fetchWaitMs,
      readUncommitted: isolation === 'read_uncommitted',
      // A new partition should not wait for long.
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      partitionAssigners: [wholeFetches(assigner, isolation)],
      // A job restarts from its checkpoint; a consumer that came back by itself would know nothing of it.
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    const { GROUP_JOIN, CRASH, START_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment));
    this.#consumer.on(CRASH, ({ payload }) => this.#crashed(payload.error));
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      // Only here one hears of a batch of which nothing is left.
      if (payload.batchSize === 0) this.#listener.advanced(payload, after(payload.lastOffset));
    });
  }

  start(partitions: number): Promise<void> {
    this.#starting = this.#start(partitions);
    return this.#starting;
  }

  seek({ topic, partition }: TopicPartition, offset: string): void {
    this.#unlessStopped(() => this.#consumer.seek({ topic, partition, offset }));
  }

  pause({ topic, partition }: TopicPartition): void {
    this.#unlessStopped(() => this.#consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: TopicPartition): void {
    this.#unlessStopped(() => this.#consumer.resume([{ topic, partitions: [partition] }]));
  }

  async commit(offsets: readonly (TopicPartition & { readonly offset: string })[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const join = this.#nextJoin;
      try {
        await this.#consumer.commitOffsets(offsets.map((each) => ({ ...each })));
        return;
      } catch (cause) {
        if (isOfType(cause, stopped)) {
          throw new ConnectorError(where, 'cannot commit offsets: the consumer has crashed', {
            cause,
            retryable: true,
          });
        }
        if (attempt === 3 || !isOfType(cause, notAMember)) throw kafkaJsError(where, 'commit offsets', cause);
        await Promise.race([join, new Promise((resolve) => setTimeout(resolve, this.#options.sessionTimeoutMs))]);
      }
    }
  }

  /** One that has crashed has nothing to pause; how it crashed is told by itself. */
  #unlessStopped(act: () => void): void {
    try {
      act();
    } catch (cause) {
      if (!isOfType(cause, stopped)) throw cause;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #start(partitions: number): Promise<void> {
    const doing = `join the group "${this.#options.groupId}"`;
    try {
      this.#goOn();
      await this.#consumer.connect();
      // Where kafkajs moves by itself, to what is left of a log that was cut, it goes to its beginning, and nothing is skipped unseen.
      await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
      this.#goOn();
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        // Each fetch wakes every handler, so there are no more than can be busy.
        partitionsConsumedConcurrently: Math.max(1, partitions),
        eachBatch: (payload) => this.#handle(payload),
      });
      // kafkajs answers as if all were well.
      if (this.#failure !== undefined) throw this.#failure.cause;
    } catch (cause) {
      throw kafkaJsError(where, doing, cause);
    }
  }

  #goOn(): void {
    if (this.#closing !== undefined) throw new ConnectorError(where, 'is closed', { retryable: false });
  }

  async #close(): Promise<void> {
    await this.#disconnect();
    // Closed in the middle of joining, kafkajs may have become a member behind our back.
    await this.#starting.catch(() => undefined);
    await this.#disconnect();
  }

  /** Where it was not connected, or the broker is gone, the session ends by itself. */
  async #disconnect(): Promise<void> {
    await this.#consumer.disconnect().catch(() => undefined);
  }

  #joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#rejoined();
    this.#nextJoin = new Promise((resolve) => (this.#rejoined = resolve));
    if (this.#closing !== undefined) return;
    const all = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    this.#since = all.length === 0 ? 0 : Date.now();
    this.#owned = new Set(all.map(({ partition }) => partition));
    const places = this.#listener.assigned(all);
    for (const each of all) {
      const offset = places.get(each);
      if (offset === undefined) this.pause(each);
      else this.seek(each, offset);
    }
  }

  #crashed(cause: Error): void {
    this.#failure = { cause };
    if (this.#closing === undefined) this.#listener.failed(kafkaJsError(where, 'go on reading', cause));
  }

  async #handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (this.#closing !== undefined || !payload.isRunning() || payload.isStale()) return;
    const { topic, partition, messages } = batch;
    const { fetchedOffset } = batch as unknown as { readonly fetchedOffset: string };
    const last = batch.lastOffset();
    const room = this.#listener.fetched({ topic, partition, messages, from: fetchedOffset, next: after(last) });
    payload.resolveOffset(last);
    letGo(batch);
    if (room !== undefined) await this.#hold({ topic, partition }, room, () => payload.heartbeat());
  }

  /** Within the handler, as long as that is short: a paused partition is asked again only after a while, and what was fetched of it is thrown away. */
  async #hold(which: TopicPartition, room: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
    const until = performance.now() + holdMs;
    const roomy = room.then(() => 'room' as const);
    while (this.#closing === undefined) {
      let timer: NodeJS.Timeout | undefined;
      const beat = new Promise((resolve) => (timer = setTimeout(resolve, beatMs)));
      const found = await Promise.race([roomy, beat]);
      clearTimeout(timer);
      if (found === 'room') return;
      await heartbeat();
      if (performance.now() < until) continue;
      this.pause(which);
      void roomy.then(() => this.#closing ?? this.resume(which));
      return;
    }
  }
}

/**
 * What is handed over is the listener's. kafkajs would keep it until it has decoded the next fetch, and the garbage collector
 * would move all of it meanwhile, time and again.
 */
function letGo(batch: Batch): void {
  Object.assign(batch, { messages: [], messagesWithinOffset: [], rawMessages: [] });
}

function after(offset: string): string {
  return String(BigInt(offset) + 1n);
}
