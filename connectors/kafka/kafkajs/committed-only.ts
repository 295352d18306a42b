import type { Assigner, PartitionAssigner } from 'kafkajs';
import { ConnectorError } from '../../../core/errors.ts';
import { type FetchedPartition, leaveOutAborted } from './aborted-messages.ts';

interface Broker {
  fetch(...request: unknown[]): Promise<{ readonly responses: readonly { readonly partitions: FetchedPartition[] }[] }>;
}

/** What kafkajs fetches with, as far as it matters here. */
interface Fetching {
  findBroker(which: unknown): Promise<Broker>;
}

/**
 * An assigner that also sees to it that its consumer reads what is committed, and nothing else: assigners are handed what
 * the consumer fetches with, and nobody else is.
 */
export function committedOnly(assigner: PartitionAssigner): PartitionAssigner {
  return (config): Assigner => {
    watch(config.cluster);
    return assigner(config);
  };
}

function watch(cluster: Fetching): void {
  if (typeof (cluster as Partial<Fetching>).findBroker !== 'function') {
    throw new ConnectorError('fromKafka', 'this version of kafkajs is not known: 2.2.4 is', { retryable: false });
  }
  const findBroker = cluster.findBroker.bind(cluster);
  const watched = new WeakSet<Broker>();
  cluster.findBroker = async (which) => {
    const broker = await findBroker(which);
    if (watched.has(broker)) return broker;
    watched.add(broker);
    const fetch = broker.fetch.bind(broker);
    broker.fetch = async (...request) => {
      const answer = await fetch(...request);
      for (const { partitions } of answer.responses) for (const each of partitions) leaveOutAborted(each);
      return answer;
    };
    return broker;
  };
}
