import type { Clock } from '../../core/clock.ts';
import type { KafkaLookup } from './driver.ts';
import { partitionOfKey } from './murmur2.ts';

/** For so long the number of a topic's partitions is believed. */
const knownForMs = 60_000;

/** Which partition a message belongs into: by its key as the Java client does; without one, dealt out in turns. */
export class Partitions {
  readonly #lookup: KafkaLookup;
  readonly #clock: Clock;
  readonly #counts = new Map<string, { readonly count: number; readonly at: number }>();
  #turn = 0;

  constructor(lookup: KafkaLookup, clock: Clock) {
    this.#lookup = lookup;
    this.#clock = clock;
  }

  /** Learns how many there are, of a topic that must be there. */
  async know(topic: string): Promise<void> {
    const known = this.#counts.get(topic);
    const at = this.#clock.now();
    if (known !== undefined && at - known.at < knownForMs) return;
    this.#counts.set(topic, { count: await this.#lookup.partitions(topic), at });
  }

  /** Messages without a key go to another partition than those before. */
  turn(): void {
    this.#turn++;
  }

  of(topic: string, key: Uint8Array | null): number {
    const { count } = this.#counts.get(topic)!;
    return key === null ? this.#turn % count : partitionOfKey(key, count);
  }
}
