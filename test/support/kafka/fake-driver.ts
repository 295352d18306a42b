import type {
  ConsumerListener,
  FetchedBatch,
  KafkaDriver,
  OutgoingMessage,
  ProducerOptions,
  TopicPartition,
} from '../../../connectors/kafka/driver.ts';

/** A cluster in memory of which a test decides everything. */
export interface FakeCluster {
  readonly driver: KafkaDriver;
  /** What the consumer would be told. */
  readonly listener: () => ConsumerListener;
  /** What was asked of it, in order. */
  readonly calls: string[];
  /** The ends of partitions by topic; what is not here is not there. */
  readonly ends: Map<string, { low: string; high: string }[]>;
  /** Of the group, whatever it is called. */
  readonly committed: Map<number, { offset: string; metadata: string }>;
  readonly sent: OutgoingMessage[];
  readonly producers: ProducerOptions[];
  /** Fails whatever is asked next under this name. */
  readonly fail: Map<string, Error>;
  /** The group deals anew: these partitions of every topic are this member's. */
  deal(...partitions: readonly number[]): void;
  fetch(
    topic: string,
    partition: number,
    from: number,
    values: readonly string[],
    next?: number,
  ): Promise<void> | undefined;
}

export function fakeDriver(topics: Readonly<Record<string, number>> = { in: 1, out: 1 }): FakeCluster {
  let listener: ConsumerListener | undefined;
  let deal: FakeCluster['deal'] = () => undefined;
  const calls: string[] = [];
  const fail = new Map<string, Error>();
  const sent: OutgoingMessage[] = [];
  const producers: ProducerOptions[] = [];
  const committed: FakeCluster['committed'] = new Map();
  const ends = new Map(
    Object.entries(topics).map(([topic, count]) => [
      topic,
      Array.from({ length: count }, () => ({ low: '0', high: '0' })),
    ]),
  );
  const answer = async <V>(name: string, value: () => V): Promise<V> => {
    await Promise.resolve();
    calls.push(name);
    const cause = fail.get(name.split(' ')[0] ?? '');
    if (cause !== undefined) throw cause;
    return value();
  };
  const name = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
  const driver: KafkaDriver = {
    openConsumer: ({ topics: subscribed }, given) => {
      listener = given;
      const all = subscribed.flatMap((topic) => (ends.get(topic) ?? []).map((_, partition) => ({ topic, partition })));
      const places = (own = all): string => {
        const found = given.assigned(own);
        return own.map((each) => `${name(each)}@${found.get(each) ?? 'nowhere'}`).join(' ');
      };
      deal = (...numbers) => {
        const own = subscribed.flatMap((topic) => numbers.map((partition) => ({ topic, partition })));
        calls.push(`assigned ${places(own)}`);
      };
      return {
        start: () => answer('start', () => void calls.push(`assigned ${places()}`)),
        seek: (which, offset) => void calls.push(`seek ${name(which)}@${offset}`),
        pause: (which) => void calls.push(`pause ${name(which)}`),
        resume: (which) => void calls.push(`resume ${name(which)}`),
        commit: (offsets) =>
          answer(`commit ${offsets.map((each) => `${name(each)}@${each.offset}`).join(' ')}`, () => undefined),
        close: () => answer('close', () => undefined),
      };
    },
    openProducer: (options) => {
      producers.push(options);
      return {
        open: () => answer('open', () => undefined),
        send: (messages) => answer(`send ${messages.length}`, () => void sent.push(...messages)),
        commit: (mark) => answer(`mark ${mark}`, () => undefined),
        close: () => answer('close', () => undefined),
      };
    },
    openLookup: () => ({
      partitions: (topic) => answer('partitions', () => ends.get(topic)?.length ?? 0),
      ends: (topic) => answer('ends', () => ends.get(topic) ?? []),
      offsetsAt: () => answer('offsetsAt', () => []),
      committed: () => answer('committed', () => committed),
      maxMessageBytes: () => answer('maxMessageBytes', () => undefined),
      close: () => Promise.resolve(),
    }),
  };
  const fetch: FakeCluster['fetch'] = (topic, partition, from, values, next = from + values.length) => {
    const batch: FetchedBatch = {
      topic,
      partition,
      from: String(from),
      next: String(next),
      messages: values.map((value, index) => ({
        offset: String(from + index),
        timestamp: '0',
        key: null,
        value: Buffer.from(value),
      })),
    };
    return listener?.fetched(batch);
  };
  return {
    driver,
    listener: () => listener as ConsumerListener,
    calls,
    ends,
    committed,
    sent,
    producers,
    fail,
    deal: (...all) => deal(...all),
    fetch,
  };
}
