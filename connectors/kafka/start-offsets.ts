import type { Position } from '../../core/batch.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { SourceRequest } from '../../core/source.ts';
import type { KafkaLookup } from './driver.ts';
import { gap } from './gap.ts';
import { PartitionIntake, partitionName } from './partition-intake.ts';
import type { FromKafkaSettings } from './source-options.ts';

const where = 'fromKafka';

/**
 * Where every partition of the topics begins: at the position of the checkpoint, else where the group left off, else where
 * `from` says. A partition that a checkpoint or a group knows nothing of is newer than they are: it is read from its beginning.
 */
export async function startOffsets(
  settings: FromKafkaSettings,
  lookup: KafkaLookup,
  { positions, isStateGone }: Pick<SourceRequest, 'positions' | 'isStateGone'>,
): Promise<readonly PartitionIntake[]> {
  const isRestored = Object.keys(positions).length > 0;
  const found: PartitionIntake[] = [];
  for (const topic of settings.topics) {
    const count = await lookup.partitions(topic);
    const ends = await lookup.ends(topic);
    const committed = isRestored ? new Map() : await lookup.committed(settings.groupId, topic);
    if (committed.size > 0 && isStateGone === true) throw stateIsGone(settings.groupId);
    const fresh = isRestored || committed.size > 0 ? [] : await freshOffsets(settings, lookup, topic, ends);
    for (let partition = 0; partition < count; partition++) {
      const { low, high } = ends[partition] ?? { low: '0', high: '0' };
      const name = partitionName({ topic, partition });
      const stored = kafkaPosition(name, positions[name]);
      // A job that ends has no use for partitions that came later.
      if (isRestored && stored === undefined && settings.until === 'now') continue;
      const wanted = BigInt(stored?.offset ?? committed.get(partition)?.offset ?? fresh[partition] ?? low);
      const start = wanted < BigInt(low) ? gap(name, wanted, BigInt(low), settings.onGap) : wanted;
      if (start > BigInt(high)) throw behindTheEnd(name, start, high);
      const end = settings.until === 'now' ? BigInt(stored?.end ?? high) : undefined;
      const intake = new PartitionIntake({ topic, partition }, start, end);
      intake.committed = committed.get(partition)?.offset;
      found.push(intake);
    }
  }
  return found;
}

async function freshOffsets(
  { from }: FromKafkaSettings,
  lookup: KafkaLookup,
  topic: string,
  ends: Awaited<ReturnType<KafkaLookup['ends']>>,
): Promise<readonly string[]> {
  if (from === 'earliest') return ends.map(({ low }) => low);
  if (from === 'latest') return ends.map(({ high }) => high);
  if ('time' in from) return await lookup.offsetsAt(topic, from.time);
  return ends.map((_, partition) => {
    const name = partitionName({ topic, partition });
    const offset = from.offsets[name];
    if (offset !== undefined) return offset;
    throw new ConnectorError(where, `\`from.offsets\` names no offset for ${name}`, { retryable: false });
  });
}

function kafkaPosition(name: string, position: Position | undefined): { offset: string; end?: string } | undefined {
  if (position === undefined) return undefined;
  const { offset, end } = position;
  if (typeof offset === 'string' && (end === undefined || typeof end === 'string')) {
    return end === undefined ? { offset } : { offset, end };
  }
  const what = `the position of ${name} to go on from is none of its own: ${JSON.stringify(position)}`;
  throw new ConnectorError(where, what, { retryable: false });
}

function behindTheEnd(name: string, start: bigint, high: string): ConnectorError {
  const what = `${name} is to be gone on with at offset ${start}, and ends at ${high}: it has lost its tail, or is another topic of that name`;
  return new ConnectorError(where, what, { retryable: false, code: 'ML_KAFKA_GAP' });
}

function stateIsGone(groupId: string): ConnectorError {
  const what = `the group "${groupId}" has a position, but the job has no checkpoint: its windows would lack what came before`;
  const choices = 'restore the checkpoints, or choose another group, or reset this one, to begin anew';
  return new ConnectorError(where, `${what}; ${choices}`, { retryable: false, code: 'ML_KAFKA_STATE_GONE' });
}
