import type { Admin, ConfigResourceTypes } from 'kafkajs';
import { ConnectorError } from '../../../core/errors.ts';
import type { KafkaClient } from '../driver-of.ts';
import type { KafkaLookup } from '../driver.ts';
import { isOfType, kafkaJsError } from './kafka-js-error.ts';
import { patiently } from './patiently.ts';

/** As the protocol numbers it. */
const topicResource = 2 as unknown as ConfigResourceTypes.TOPIC;

/** Questions to a cluster, by the admin client of kafkajs. It creates nothing. */
export class KafkaJsLookup implements KafkaLookup {
  readonly #where: string;
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;
  readonly #asking = new Set<Promise<void>>();
  #isClosed = false;

  constructor(kafka: KafkaClient, where: string) {
    this.#admin = kafka.admin();
    this.#where = where;
  }

  partitions(topic: string): Promise<number> {
    return this.#ask(`find the topic "${topic}"`, async () => {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length ?? 0;
    });
  }

  ends(topic: string): Promise<readonly { readonly low: string; readonly high: string }[]> {
    return this.#ask(`look at the ends of "${topic}"`, async () => {
      const found = await this.#admin.fetchTopicOffsets(topic);
      return byPartition(found, ({ low, high }) => ({ low, high }));
    });
  }

  offsetsAt(topic: string, time: number): Promise<readonly string[]> {
    return this.#ask(`find a time in "${topic}"`, async () => {
      const found = await this.#admin.fetchTopicOffsetsByTimestamp(topic, time);
      return byPartition(found, ({ offset }) => offset);
    });
  }

  committed(
    groupId: string,
    topic: string,
  ): Promise<ReadonlyMap<number, { readonly offset: string; readonly metadata: string }>> {
    return this.#ask(`read what the group "${groupId}" has committed for "${topic}"`, async () => {
      const [found] = await this.#admin.fetchOffsets({ groupId, topics: [topic] });
      const kept = found?.partitions.filter(({ offset }) => !offset.startsWith('-')) ?? [];
      return new Map(kept.map(({ partition, offset, metadata }) => [partition, { offset, metadata: metadata ?? '' }]));
    });
  }

  async maxMessageBytes(topic: string): Promise<number | undefined> {
    const resource = { type: topicResource, name: topic, configNames: ['max.message.bytes'] };
    return await this.#ask(`read the settings of "${topic}"`, async () => {
      try {
        const { resources } = await this.#admin.describeConfigs({ resources: [resource], includeSynonyms: false });
        return Number(resources[0]?.configEntries[0]?.configValue) || undefined;
      } catch (cause) {
        // One may write to a topic without being allowed to look at its settings.
        if (isOfType(cause, ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])) return undefined;
        throw cause;
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#disconnect();
    // A question that was under way may have connected again.
    await Promise.all(this.#asking);
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    await this.#admin.disconnect().catch(() => undefined);
  }

  async #ask<T>(doing: string, question: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new ConnectorError(this.#where, 'is closed', { retryable: false });
    const asking = patiently(() => this.#try(question));
    const settled = asking.then(
      () => {},
      () => {},
    );
    this.#asking.add(settled);
    try {
      return await asking;
    } catch (cause) {
      throw kafkaJsError(this.#where, doing, cause);
    } finally {
      this.#asking.delete(settled);
    }
  }

  async #try<T>(question: () => Promise<T>): Promise<T> {
    await this.#connect();
    try {
      return await question();
    } catch (cause) {
      // kafkajs keeps for minutes what it has learnt of leaders; a new connection asks again.
      if (isOfType(cause, ['NOT_LEADER_FOR_PARTITION'])) {
        this.#connected = undefined;
        await this.#disconnect();
      }
      throw cause;
    }
  }

  #connect(): Promise<void> {
    this.#connected ??= this.#admin.connect().catch((cause: unknown) => {
      this.#connected = undefined;
      throw cause;
    });
    return this.#connected;
  }
}

function byPartition<O extends { readonly partition: number }, V>(
  found: readonly O[],
  of: (each: O) => V,
): readonly V[] {
  return found.toSorted((a, b) => a.partition - b.partition).map(of);
}
