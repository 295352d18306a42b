import type { Clock } from '../../../core/clock.ts';

/** Who asks looks more often than that. */
const mostAtOnceMs = 10_000;

/** For how long partitions have been asked in vain. Time in which nobody asked does not count. */
export class Silences<P> {
  readonly #clock: Clock;
  readonly #lengths = new Map<P, number>();
  #asked: readonly P[] = [];
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** These are asked from now on, and no others. */
  ask(partitions: readonly P[]): void {
    this.#count();
    this.#asked = partitions;
  }

  /** The length of a silence; it begins anew. */
  take(partition: P): number {
    this.#count();
    const length = this.#lengths.get(partition) ?? 0;
    this.#lengths.delete(partition);
    return length;
  }

  /** The one that has been silent for the longest. */
  longest(): P | undefined {
    this.#count();
    const length = (partition: P): number => this.#lengths.get(partition) ?? 0;
    return this.#asked.toSorted((a, b) => length(b) - length(a))[0];
  }

  #count(): void {
    const now = this.#clock.now();
    // A clock may be set, and a process may be suspended: then nobody asked.
    const more = Math.min(Math.max(0, now - this.#since), mostAtOnceMs);
    for (const partition of this.#asked) this.#lengths.set(partition, (this.#lengths.get(partition) ?? 0) + more);
    this.#since = now;
  }
}
