import type { ConsumerListener, KafkaConsumer, TopicPartition } from './driver.ts';

/** What a share needs of the member of the group that has it. */
export interface ShareHolder {
  readonly consumer: KafkaConsumer;
  read(share: number, reader: ConsumerListener): void;
  leave(share: number, reader: ConsumerListener): void;
  has(share: number): boolean;
}

/** The consumer of one share: a part of one that others use, too. */
export class ShareConsumer implements KafkaConsumer {
  readonly #holder: ShareHolder;
  readonly #share: number;
  readonly #reader: ConsumerListener;

  constructor(holder: ShareHolder, share: number, reader: ConsumerListener) {
    this.#holder = holder;
    this.#share = share;
    this.#reader = reader;
  }

  start(): Promise<void> {
    this.#holder.read(this.#share, this.#reader);
    return Promise.resolve();
  }

  seek(partition: TopicPartition, offset: string): void {
    if (this.#holder.has(this.#share)) this.#holder.consumer.seek(partition, offset);
  }

  pause(partition: TopicPartition): void {
    if (this.#holder.has(this.#share)) this.#holder.consumer.pause(partition);
  }

  resume(partition: TopicPartition): void {
    if (this.#holder.has(this.#share)) this.#holder.consumer.resume(partition);
  }

  /** Of a share that is somebody else's by now nothing is told: the group may know of later offsets already. */
  async commit(offsets: readonly (TopicPartition & { readonly offset: string })[]): Promise<void> {
    if (this.#holder.has(this.#share)) await this.#holder.consumer.commit(offsets);
  }

  close(): Promise<void> {
    this.#holder.leave(this.#share, this.#reader);
    return Promise.resolve();
  }
}
