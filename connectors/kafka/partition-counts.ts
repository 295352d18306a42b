import { ConnectorError } from '../../core/errors.ts';
import type { KafkaLookup } from './driver.ts';

const where = 'fromKafka';
const cure = 'make a topic with the right count, copy the messages over, and begin anew with another name and group';

/**
 * How many partitions the topics of a shared source have: all the same, so that a key is in partitions of one number.
 *
 * @throws ConnectorError (`ML_KAFKA_PARTITIONS`), where they have not.
 */
export async function partitionCount(lookup: KafkaLookup, topics: readonly string[]): Promise<number> {
  const counts: number[] = [];
  for (const topic of topics) counts.push(await lookup.partitions(topic));
  const [first = 0] = counts;
  if (counts.every((count) => count === first)) return first;
  const told = topics.map((topic, place) => `"${topic}" has ${counts[place]}`).join(', ');
  throw partitions(`topics that are read together need the same number of partitions: ${told}`);
}

/** The topic has been given more partitions: the keys of what comes lie elsewhere than their states. */
export function otherCount(topic: string, was: number | undefined, is: number | undefined): ConnectorError {
  if (was === undefined || is === undefined) {
    const what = `the checkpoint of "${topic}" is of a job ${is === undefined ? 'that shared its partitions' : 'alone'}`;
    return new ConnectorError(where, `${what}; begin anew with another name`, { retryable: false });
  }
  return partitions(`"${topic}" had ${was} partitions and has ${is} now: keys have moved away from their states`);
}

function partitions(what: string): ConnectorError {
  return new ConnectorError(where, `${what}; ${cure}`, { retryable: false, code: 'ML_KAFKA_PARTITIONS' });
}
