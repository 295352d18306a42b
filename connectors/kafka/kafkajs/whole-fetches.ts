import type { Assigner, PartitionAssigner } from 'kafkajs';
import { ConnectorError } from '../../../core/errors.ts';
import { leaveOutAborted } from './aborted-messages.ts';
import { type FetchAnswer, readAnswer } from './fetch-answer.ts';

/** Makes requests of one kind, in the version that the broker knows, and reads their answers. */
type Requests = (options: unknown) => {
  readonly request: { readonly apiVersion: number };
  readonly response: { readonly decode: (raw: Buffer) => Promise<FetchAnswer> };
};

interface Broker {
  fetch(...request: unknown[]): Promise<FetchAnswer>;
  lookupRequest: (...kind: unknown[]) => Requests;
}

/** What kafkajs fetches with, as far as it matters here. */
interface Fetching {
  findBroker(which: unknown): Promise<Broker>;
}

/**
 * An assigner that also mends what its consumer makes of fetches: it goes on behind batches that compaction has emptied, and,
 * where it is to read what is committed, it reads that and nothing else. Assigners are handed what the consumer fetches with,
 * and nobody else is.
 */
export function wholeFetches(
  assigner: PartitionAssigner,
  isolation: 'read_committed' | 'read_uncommitted',
): PartitionAssigner {
  return (config): Assigner => {
    watch(config.cluster as unknown as Fetching, isolation === 'read_committed');
    return assigner(config);
  };
}

function watch(cluster: Fetching, isCommittedOnly: boolean): void {
  if (typeof (cluster as Partial<Fetching>).findBroker !== 'function') throw unknownVersion();
  const findBroker = cluster.findBroker.bind(cluster);
  const watched = new WeakSet<Broker>();
  cluster.findBroker = async (which) => {
    const broker = await findBroker(which);
    if (watched.has(broker)) return broker;
    watched.add(broker);
    const fetch = broker.fetch.bind(broker);
    broker.fetch = async (...request) => {
      const answer = await fetchWhole(broker, () => fetch(...request));
      if (!isCommittedOnly) return answer;
      for (const { partitions } of answer.responses) for (const each of partitions) leaveOutAborted(each);
      return answer;
    };
    return broker;
  };
}

/** A fetch is made before it first waits: what it is made with need only be another one for so long. */
function fetchWhole(broker: Broker, fetch: () => Promise<FetchAnswer>): Promise<FetchAnswer> {
  const { lookupRequest } = broker;
  if (typeof lookupRequest !== 'function') throw unknownVersion();
  broker.lookupRequest = (...kind) => {
    const requests = lookupRequest(...kind);
    return (options) => {
      const made = requests(options);
      const { request, response } = made;
      const decode = (raw: Buffer): Promise<FetchAnswer> => readAnswer(raw, request.apiVersion, response.decode);
      return { ...made, response: { ...response, decode } };
    };
  };
  try {
    return fetch();
  } finally {
    broker.lookupRequest = lookupRequest;
  }
}

function unknownVersion(): ConnectorError {
  return new ConnectorError('fromKafka', 'this version of kafkajs is not known: 2.2.4 is', { retryable: false });
}
