import type { Positions } from '../../../core/batch.ts';
import type { TakenMessage } from '../mqtt-message.ts';
import type { JournalPosition, JournalStart } from './journal-start.ts';

/** What waits to be handed over: the number of its oldest message, and of the last that was put down. */
export interface AtHand {
  readonly oldest: number | undefined;
  readonly taken: number;
}

/** Which messages the job has, and which it is done with. */
export class JournalProgress {
  readonly #start: JournalStart;
  /** Behind which message each partition began. */
  readonly #begins: Map<string, number>;
  /** The last batch of each partition: its first and its last message. */
  readonly #handed = new Map<string, readonly [first: number, last: number]>();
  /** What was committed of each, where that was not at a cut. */
  readonly #committed = new Map<string, number>();
  /** The last message that was handed over. */
  latest = 0;

  constructor(start: JournalStart) {
    this.#start = start;
    this.#begins = new Map(start.partitions);
  }

  /** A message is read again, or for the first time: whether the job has not done with it. */
  isNew(partition: string, number: number): boolean {
    if (number <= (this.#start.partitions.get(partition) ?? this.#start.from)) return false;
    if (!this.#begins.has(partition)) this.#begins.set(partition, number - 1);
    return true;
  }

  beginning(partition: string): number {
    return this.#begins.get(partition) ?? this.#start.from;
  }

  handed(partition: string, messages: readonly TakenMessage[]): void {
    const [first, last] = [messages[0]?.number ?? 0, messages.at(-1)?.number ?? 0];
    this.#handed.set(partition, [first, last]);
    this.latest = Math.max(this.latest, last);
  }

  /** The job is done with every message up to this one, if it has swept up to these positions; it holds one batch of a partition. */
  sweptUpTo(positions: Positions, atHand: AtHand): number {
    return this.#upTo(atHand, (partition, first) => {
      const entry = entryOf(positions, partition) ?? this.beginning(partition);
      return Math.max(entry, first - 1);
    });
  }

  /** The same for whoever commits what it likes, of some partitions. */
  committedUpTo(positions: Positions, atHand: AtHand): number {
    for (const partition of Object.keys(positions)) {
      this.#committed.set(partition, entryOf(positions, partition) ?? this.beginning(partition));
    }
    return this.#upTo(atHand, (partition) => this.#committed.get(partition) ?? this.beginning(partition));
  }

  #upTo({ oldest, taken }: AtHand, doneOf: (partition: string, first: number) => number): number {
    let upTo = oldest === undefined ? taken : oldest - 1;
    for (const [partition, [first, last]] of this.#handed) {
      const done = doneOf(partition, first);
      if (done < last) upTo = Math.min(upTo, done);
    }
    return upTo;
  }
}

function entryOf(positions: Positions, partition: string): number | undefined {
  return (positions[partition] as JournalPosition | undefined)?.entry;
}
