import { ArgumentError } from '../../core/errors.ts';
import type { Source } from '../../core/source.ts';
import { KafkaMembership } from './kafka-membership.ts';
import { KafkaReader } from './kafka-reader.ts';
import { type FromKafkaOptions, fromKafkaSettings } from './source-options.ts';
import { kafkaTraits } from './traits.ts';

const where = 'fromKafka';

/**
 * Reads the messages of a topic, or of several.
 *
 * - **Starts** with the first record that is asked for: it joins its group then. Every partition begins at the position of
 *   the checkpoint, else where the group left off, else where `from` says; one that is made later, at its beginning.
 * - **Completes** never, or with `until: 'now'` behind what was there when the job first started.
 * - **Fails** with a `ConnectorError`; the codes stand on the page of this connector. A message that cannot be decoded is a
 *   rejection (`invalid`) with its topic, partition and offset.
 * - **Unsubscribe** leaves the group.
 * - **Memory** two fetches of each partition (1 MiB each); what has no room is not fetched. Heartbeats go on meanwhile.
 * - **Delivery** every committed message of a partition in order; any position can be gone back to (`replay: 'any'`) that
 *   retention has left. Offsets are committed when a checkpoint is complete.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for an option that is wrong.
 */
export function fromKafka<V, T = V, N extends 'reject' | 'skip' | 'pass' = 'reject'>(
  options: FromKafkaOptions<V, T, N>,
): Source<T> {
  const settings = fromKafkaSettings(options);
  const { topics, sharedBy, sessionTimeoutMs } = settings;
  const source = { name: `kafka:${topics.join(',')}`, traits: kafkaTraits(settings) };
  if (sharedBy === undefined) return { ...source, open: (request) => new KafkaReader<T>(settings, request) };
  return {
    ...source,
    open: () => {
      throw new ArgumentError(
        where,
        'scale',
        "'alone', outside of a job",
        'group',
        'a job with a checkpoint can share',
      );
    },
    sharing: {
      option: "`scale: 'group'`",
      partitionedBy: sharedBy,
      graceMs: sessionTimeoutMs,
      join: (request) => new KafkaMembership<T>(settings, request),
    },
  };
}
