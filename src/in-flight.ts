import { Bell } from '../core/bell.ts';
import type { Batch, Position, Positions } from '../core/batch.ts';
import { AckedBatches, type GivenBatch } from './acked-batches.ts';
import type { Delivery } from './deliveries.ts';

/** A batch that is being given out, and where it belongs. */
export interface Giving<T> {
  readonly partition: AckedBatches;
  readonly given: GivenBatch;
  readonly records: readonly T[];
}

/** The records that are given out, and what of them is acknowledged. */
export class InFlight<T> {
  /** Records that are given out, less those that are acknowledged without a gap: a source acknowledges in order. */
  count = 0;
  /** Rings when there are fewer, and when somebody else wants to be looked at. */
  readonly changed: Bell = new Bell();
  readonly #partitions = new Map<string, AckedBatches>();
  readonly #whenNews: () => void;

  /** `whenNews`: there is a position to commit. */
  constructor(whenNews: () => void) {
    this.#whenNews = whenNews;
  }

  begin(batch: Batch<T>): Giving<T> {
    const partition = this.#partitionOf(batch.partition);
    return { partition, given: partition.begin(batch), records: batch.records };
  }

  give({ partition, given, records }: Giving<T>, index: number): Delivery<T> {
    this.count++;
    partition.inFlight++;
    const ack = (): void => {
      given.ack(index);
      this.advance(partition);
    };
    return { value: records[index] as T, ack };
  }

  /** Moves on over what is acknowledged without a gap, and dealt with. */
  advance(partition: AckedBatches): void {
    if (partition.isGone) return;
    const { inFlight: before, hasNews: hadNews } = partition;
    partition.advance();
    if (partition.inFlight < before) {
      this.count -= before - partition.inFlight;
      this.changed.ring();
    }
    if (partition.hasNews && !hadNews) this.#whenNews();
  }

  /** Where to go on in each partition, where that is news. */
  take(): Positions {
    const positions: Record<string, Position> = {};
    for (const [name, partition] of this.#partitions) {
      const position = partition.take();
      if (position !== undefined) positions[name] = position;
    }
    return positions;
  }

  /** Nothing more is given out of these partitions; what is acknowledged can still be taken. */
  halt(names: readonly string[]): void {
    for (const name of names) this.#partitionOf(name).isGone = true;
  }

  /** If such a partition comes back it begins anew. */
  forget(names: readonly string[]): void {
    this.halt(names);
    for (const name of names) {
      this.count -= this.#partitionOf(name).inFlight;
      this.#partitions.delete(name);
    }
    this.changed.ring();
  }

  #partitionOf(name: string): AckedBatches {
    const known = this.#partitions.get(name);
    if (known !== undefined) return known;
    const partition = new AckedBatches();
    this.#partitions.set(name, partition);
    return partition;
  }
}
