import type { Clock } from '../../core/clock.ts';
import { Asking } from '../asking.ts';

const everyMs = 500;
/** With many topics each of them is looked at less often. */
const msPerTopic = 0.5;

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
  readonly asking: Asking;
  readonly #options: QuietTopicsOptions;
  readonly #since = new Map<string, number>();
  #spoke: string | undefined;
  #spokeAt = Number.NaN;
  #cancel = (): void => {};

  constructor(options: QuietTopicsOptions) {
    this.#options = options;
    this.asking = new Asking(options.clock);
  }

  start(): void {
    this.#schedule();
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
    const counts = isListening() && this.asking.isRecent(now);
    for (const [partition, since] of this.#since) {
      if (counts && now > since && isEmpty(partition)) tell(partition, now - since);
      this.#since.set(partition, now);
    }
  }
}
