import type { Clock } from '../../core/clock.ts';
import { Asking } from '../asking.ts';
import type { KafkaLookup } from './driver.ts';
import type { PartitionIntake } from './partition-intake.ts';

const everyMs = 500;

export interface QuietWatchOptions {
  readonly clock: Clock;
  readonly lookup: KafkaLookup;
  readonly intakes: () => Iterable<PartitionIntake>;
  /** We stood at the end of its log for so long. */
  readonly tell: (intake: PartitionIntake, askedMs: number) => void;
}

/**
 * Tells of partitions that had nothing though they were asked: their log ends where we stand. Time in which the job did not
 * ask, or the cluster did not answer, is not counted, nor is time in which something came that nobody may read yet.
 */
export class QuietWatch {
  readonly asking: Asking;
  readonly #options: QuietWatchOptions;
  #cancel = (): void => {};
  #isClosed = false;

  constructor(options: QuietWatchOptions) {
    this.#options = options;
    this.asking = new Asking(options.clock);
  }

  start(): void {
    const now = this.#options.clock.now();
    for (const intake of this.#options.intakes()) intake.quietSince = now;
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#cancel = clock.wakeAt(clock.now() + everyMs, () => void this.#look().finally(() => this.#schedule()));
  }

  async #look(): Promise<void> {
    const now = this.#options.clock.now();
    const isAsked = this.asking.isRecent(now);
    const quiet: PartitionIntake[] = [];
    for (const intake of this.#options.intakes()) {
      if (isAsked && intake.isEmpty && !intake.hasEnded) quiet.push(intake);
      else intake.quietSince = now;
    }
    for (const topic of new Set(quiet.map((each) => each.topic))) await this.#lookAt(topic, quiet, now);
  }

  async #lookAt(topic: string, quiet: readonly PartitionIntake[], now: number): Promise<void> {
    const ends = await this.#options.lookup.ends(topic).catch(() => undefined);
    if (this.#isClosed) return;
    for (const intake of quiet) {
      if (intake.topic !== topic) continue;
      const high = ends?.[intake.partition]?.high;
      const isAtEnd = high !== undefined && BigInt(high) <= intake.next && intake.isEmpty;
      if (isAtEnd && now > intake.quietSince) this.#options.tell(intake, now - intake.quietSince);
      intake.quietSince = now;
    }
  }
}
