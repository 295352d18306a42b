import type { KafkaConsumer, KafkaLookup } from './driver.ts';
import { gap } from './gap.ts';
import type { PartitionIntake } from './partition-intake.ts';
import type { FromKafkaSettings } from './source-options.ts';

/** The client has moved in a partition by itself: something is gone, or it was not told where to read. */
export async function takeBack(
  intake: PartitionIntake,
  consumer: KafkaConsumer,
  lookup: KafkaLookup,
  onGap: FromKafkaSettings['onGap'],
): Promise<void> {
  consumer.pause(intake);
  const ends = await lookup.ends(intake.topic);
  const low = BigInt(ends[intake.partition]?.low ?? '0');
  try {
    if (low > intake.next) intake.next = gap(intake.name, intake.next, low, onGap);
  } catch (cause) {
    // The client has thrown away the group's position: without it the next run would not notice.
    await consumer.commit([{ topic: intake.topic, partition: intake.partition, offset: String(intake.next) }]);
    throw cause;
  }
  consumer.seek(intake, String(intake.next));
  consumer.resume(intake);
}
