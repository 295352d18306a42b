import type { Position } from '../../core/batch.ts';
import type { ConsumerListener, FetchedBatch, TopicPartition } from './driver.ts';
import type { KafkaPosition, Kept } from './kafka-batch.ts';

/** Fetches of one partition that wait to be asked for: one to hand over, one to have at hand then. */
const room = 2;

/** One partition on its way in: where it stands, and what has been fetched of it. */
export class PartitionIntake implements TopicPartition {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly kept: Kept;
  /** Where it is to be left, if anywhere. */
  readonly end: bigint | undefined;
  /** The offset behind all that has been fetched. */
  next: bigint;
  /** The offset behind all that has been handed over. */
  handed: bigint;
  /** What the group was last told. */
  committed: string | undefined;
  /** Since when it has been asked, and nobody was told that there was nothing. */
  quietSince = 0;
  hasEnded = false;
  readonly #waiting: FetchedBatch[] = [];
  #hasRoom = (): void => {};

  constructor({ topic, partition }: TopicPartition, next: bigint, kept: Kept = {}) {
    this.name = partitionName({ topic, partition });
    this.topic = topic;
    this.partition = partition;
    this.next = next;
    this.handed = next;
    this.kept = kept;
    this.end = kept.end === undefined ? undefined : BigInt(kept.end);
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether everything up to its end has been fetched. */
  get isRead(): boolean {
    return this.end !== undefined && this.next >= this.end;
  }

  /** Whether everything up to its end has been handed over. */
  get isDone(): boolean {
    return this.isRead && this.isEmpty;
  }

  /** Where it stands, as a checkpoint keeps it. */
  get position(): KafkaPosition {
    return { offset: String(this.next), ...this.kept };
  }

  /** What the group has to be told of a position that is stored: nothing where it knows. */
  toCommit(position: Position | undefined): readonly (TopicPartition & { readonly offset: string })[] {
    if (position === undefined || position['offset'] === this.committed) return [];
    const { topic, partition } = this;
    const { offset } = position as KafkaPosition;
    this.committed = offset;
    return [{ topic, partition, offset }];
  }

  /** Takes what is new of a batch, and answers what its consumer has to wait for. */
  add(batch: FetchedBatch): ReturnType<ConsumerListener['fetched']> {
    const kept = this.#within(batch);
    this.next = BigInt(kept.next);
    if (kept.messages.length === 0) return undefined;
    this.#waiting.push(kept);
    if (this.#waiting.length < room) return undefined;
    return new Promise((resolve) => (this.#hasRoom = resolve));
  }

  take(): FetchedBatch | undefined {
    const batch = this.#waiting.shift();
    if (batch !== undefined) this.handed = BigInt(batch.next);
    this.#hasRoom();
    return batch;
  }

  /** What is left to be handed over where nothing but markers came behind the last batch: where to go on. */
  get rest(): FetchedBatch | undefined {
    if (this.handed >= this.next) return undefined;
    const { topic, partition } = this;
    const next = String(this.next);
    return { topic, partition, from: next, next, messages: [] };
  }

  /** Nobody waits for it any more. */
  close(): void {
    this.#waiting.length = 0;
    this.#hasRoom();
  }

  /** Without what came before, as after a rejoin, and what lies behind the end. */
  #within(batch: FetchedBatch): FetchedBatch {
    const first = this.next;
    const last = this.end ?? BigInt(batch.next);
    if (BigInt(batch.from) >= first && BigInt(batch.next) <= last) return batch;
    const messages = batch.messages.filter(({ offset }) => BigInt(offset) >= first && BigInt(offset) < last);
    const next = BigInt(batch.next) < last ? batch.next : String(last);
    return { ...batch, from: String(first), next, messages };
  }
}

export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
