import type { Position } from '../../core/batch.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { SourceRequest } from '../../core/source.ts';
import type { KafkaLookup } from './driver.ts';
import { gap } from './gap.ts';
import type { KafkaPosition } from './kafka-batch.ts';
import { otherCount } from './partition-counts.ts';
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
  const isOver = isRestored && Object.values(positions).every(isAtItsEnd);
  const found: PartitionIntake[] = [];
  for (const topic of settings.topics) {
    const numbers = await partitionsOf(settings, lookup, topic);
    const ends = await lookup.ends(topic);
    const committed = isRestored ? new Map<number, never>() : await lookup.committed(settings.groupId, topic);
    const known = numbers.some((partition) => committed.has(partition));
    if (known && isStateGone === true) throw stateIsGone(settings.groupId);
    const fresh = isRestored || known ? [] : await freshOffsets(settings, lookup, topic, ends);
    for (const partition of numbers) {
      const { low, high } = ends[partition] ?? { low: '0', high: '0' };
      const name = partitionName({ topic, partition });
      const stored = kafkaPosition(name, positions[name]);
      // A job that ends has no use for partitions that came later.
      if (isRestored && !isOver && stored === undefined && settings.until === 'now') continue;
      const of = settings.share?.of;
      if (stored !== undefined && stored.of !== of) throw otherCount(topic, stored.of, of);
      const wanted = BigInt(stored?.offset ?? committed.get(partition)?.offset ?? fresh[partition] ?? low);
      const start = wanted < BigInt(low) ? gap(name, wanted, BigInt(low), settings.onGap) : wanted;
      if (start > BigInt(high)) throw behindTheEnd(name, start, high);
      const end = settings.until === 'now' ? { end: isOver ? high : (stored?.end ?? high) } : {};
      const intake = new PartitionIntake({ topic, partition }, start, { ...end, ...(of === undefined ? {} : { of }) });
      intake.committed = committed.get(partition)?.offset;
      found.push(intake);
    }
  }
  return found;
}

/** All of a topic, or the one that is shared out to this reader. */
async function partitionsOf({ share }: FromKafkaSettings, lookup: KafkaLookup, topic: string): Promise<number[]> {
  if (share !== undefined) return [share.partition];
  return Array.from({ length: await lookup.partitions(topic) }, (_, partition) => partition);
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

/** Where all are, the run had read what it wanted: the next one goes on to where the topic ends now. */
function isAtItsEnd({ offset, end }: Position): boolean {
  return typeof offset === 'string' && typeof end === 'string' && BigInt(offset) >= BigInt(end);
}

function kafkaPosition(name: string, position: Position | undefined): KafkaPosition | undefined {
  if (position === undefined) return undefined;
  const { offset, end, of } = position;
  const isOurs = [typeof end, typeof of].every((type) => type !== 'object' && type !== 'boolean');
  if (typeof offset === 'string' && isOurs) return position as KafkaPosition;
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
