import { createRequire } from 'node:module';
import type { Producer, ProducerConfig } from 'kafkajs';
import type { KafkaClient } from '../../../connectors/kafka/index.ts';

const require = createRequire(import.meta.url);
const createProducer = require('kafkajs/src/producer') as (options: object) => Producer;
const { KafkaJSProtocolError, KafkaJSConnectionError } = require('kafkajs') as Record<
  'KafkaJSProtocolError' | 'KafkaJSConnectionError',
  new (...given: unknown[]) => Error
>;

interface Entry {
  readonly partition: number;
  readonly firstSequence: number;
  readonly messages: readonly { readonly value: Buffer }[];
}

/** What a broker does with the next request: nothing but say no, or store it and have its answer lost. */
export type Fault = 'not the leader' | 'answer lost';

/** The producer of kafkajs itself over brokers of which a test decides who leads, and what fails. They drop repeats as Kafka does. */
export class FakeBrokers {
  /** In the order in which they were stored. */
  readonly stored: string[] = [];
  /** The broker of each partition. */
  leaders: string[];
  readonly #faults = new Map<string, { readonly fault: Fault; times: number; readonly act: () => void }>();
  readonly #batches = new Map<number, { readonly first: number; readonly last: number; readonly producer: number }[]>();
  #producers = 0;

  constructor(leaders: readonly string[]) {
    this.leaders = [...leaders];
  }

  fails(broker: string, fault: Fault, times: number, act: () => void = () => {}): void {
    this.#faults.set(broker, { fault, times, act });
  }

  /** With the retries that a client has of itself, without their pauses. */
  get client(): KafkaClient {
    const unused = (): never => {
      throw new Error('only producers here');
    };
    const producer = (config: ProducerConfig = {}): Producer => {
      const retry = { initialRetryTime: 1, maxRetryTime: 2, retries: 3 };
      return createProducer({ cluster: this.#cluster(retry), logger: silent, ...config, retry });
    };
    return { producer, consumer: unused, admin: unused };
  }

  #cluster(retry: object): object {
    const nothing = (): Promise<void> => Promise.resolve();
    return {
      retry,
      connect: nothing,
      disconnect: nothing,
      refreshMetadata: nothing,
      refreshMetadataIfNecessary: nothing,
      addMultipleTargetTopics: nothing,
      isConnected: () => true,
      removeBroker: () => {},
      targetTopics: new Set(),
      findControllerBroker: () => Promise.resolve(this.#broker('A')),
      findTopicPartitionMetadata: () => this.leaders.map((leader, partitionId) => ({ partitionId, leader })),
      findLeaderForPartitions: (_topic: string, partitions: readonly string[]) => {
        const found: Record<string, number[]> = {};
        for (const each of partitions.map(Number)) {
          const leader = this.leaders[each];
          if (leader !== undefined) (found[leader] ??= []).push(each);
        }
        return found;
      },
      findBroker: ({ nodeId }: { readonly nodeId: string }) => Promise.resolve(this.#broker(nodeId)),
    };
  }

  readonly #brokers = new Map<string, object>();

  #broker(nodeId: string): object {
    const known = this.#brokers.get(nodeId);
    if (known !== undefined) return known;
    const broker = {
      nodeId,
      initProducerId: () => Promise.resolve({ producerId: ++this.#producers, producerEpoch: 0 }),
      produce: (request: Parameters<FakeBrokers['produce']>[1]) => this.produce(nodeId, request),
    };
    this.#brokers.set(nodeId, broker);
    return broker;
  }

  async produce(
    broker: string,
    { topicData, producerId }: { topicData: { topic: string; partitions: Entry[] }[]; producerId: number },
  ): Promise<object> {
    await Promise.resolve();
    const failing = this.#faults.get(broker);
    const fault = failing !== undefined && failing.times-- > 0 ? failing.fault : undefined;
    if (fault === 'not the leader') {
      failing?.act();
      throw new KafkaJSProtocolError({ type: 'NOT_LEADER_FOR_PARTITION', code: 6, retriable: true, message: fault });
    }
    for (const entry of topicData.flatMap(({ partitions }) => partitions)) this.#store(entry, producerId);
    if (fault === 'answer lost') throw new KafkaJSConnectionError(fault);
    const topics = topicData.map(({ topic: topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: 0, baseOffset: '0' })),
    }));
    return { topics };
  }

  #store({ partition, firstSequence, messages }: Entry, producer: number): void {
    const batches = this.#batches.get(partition) ?? [];
    this.#batches.set(partition, batches);
    const last = firstSequence + messages.length - 1;
    if (batches.some((each) => each.producer === producer && each.first === firstSequence && each.last === last))
      return;
    batches.push({ first: firstSequence, last, producer });
    this.stored.push(...messages.map(({ value }) => `${partition}:${value.toString()}`));
  }
}

const silent = {
  namespace: () => silent,
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
