import type { Clock } from '../../core/clock.ts';

const everyMs = 500;
/** With many topics each of them is looked at less often. */
const msPerTopic = 0.5;
/** Whoever sweeps what is at hand asks again within this time. */
const askedWithinMs = 1_000;

export interface QuietTopicsOptions {
  readonly clock: Clock;
  /** Whether a message would reach us. */
  readonly isListening: () => boolean;
  /** Whether nothing has come that nobody has asked for yet. */
  readonly isEmpty: (partition: string) => boolean;
  /** It was listened to for so long in vain. */
  readonly tell: (partition: string, askedMs: number) => void;
}

/** Tells of partitions that had nothing though we listened and the job asked. Other time is not counted. */
export class QuietTopics {
  readonly #options: QuietTopicsOptions;
  readonly #since = new Map<string, number>();
  #spoke: string | undefined;
  #spokeAt = Number.NaN;
  #isAsking = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #cancel = (): void => {};

  constructor(options: QuietTopicsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule();
  }

  /** The job asks for more, or has got it. */
  asked(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#askedAt = this.#options.clock.now();
  }

  /** The partition is there, and speaks. */
  spoke(partition: string, now: number = this.#options.clock.now()): void {
    // Most come in the same millisecond as the one before.
    if (now === this.#spokeAt && partition === this.#spoke) return;
    this.#since.set(partition, now);
    this.#spoke = partition;
    this.#spokeAt = now;
  }

  close(): void {
    this.#cancel();
  }

  #schedule(): void {
    const { clock } = this.#options;
    const pauseMs = Math.max(everyMs, this.#since.size * msPerTopic);
    this.#cancel = clock.wakeAt(clock.now() + pauseMs, () => {
      this.#look();
      this.#schedule();
    });
  }

  #look(): void {
    const { clock, isListening, isEmpty, tell } = this.#options;
    const now = clock.now();
    const counts = isListening() && (this.#isAsking || now - this.#askedAt < askedWithinMs);
    for (const [partition, since] of this.#since) {
      if (counts && now > since && isEmpty(partition)) tell(partition, now - since);
      this.#since.set(partition, now);
    }
  }
}
