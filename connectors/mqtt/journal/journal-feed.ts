import type { Disk } from '../../files/disk/disk.ts';
import { journalError } from './journal-error.ts';
import type { JournalEntry, JournalMessage } from './journal-entry.ts';
import type { DurableGroup } from './journal-writer.ts';
import type { Segment, SegmentPlace } from './segment.ts';
import { SegmentReader } from './segment-reader.ts';
import type { Segments } from './segments.ts';

export interface JournalFeedOptions {
  readonly disk: Disk;
  readonly segments: Segments;
  /** Messages up to this number need not be put down. */
  readonly from: number;
  /** The number of the last message that is durable. */
  readonly last: () => number;
  /** Whether the job has so little at hand that more may be put down. */
  readonly hasRoom: () => boolean;
  readonly put: (message: JournalMessage, number: number) => void;
  readonly failed: (cause: unknown) => void;
}

/**
 * Puts down what is durable, in order: from memory while the job keeps up, and from the disk from where on it did not, until
 * it has caught up.
 */
export class JournalFeed {
  readonly #options: JournalFeedOptions;
  /** Where to read on; nothing while the job keeps up. */
  #behind: { readonly place: SegmentPlace | undefined } | undefined = { place: undefined };
  #reader: { readonly segment: Segment; readonly reader: SegmentReader } | undefined;
  /** The number of the last message that was read from the disk. */
  #read = 0;
  #filling: Promise<void> | undefined;
  #isOver = false;
  /** The number of the last message that was put down. */
  taken: number;

  constructor(options: JournalFeedOptions) {
    this.#options = options;
    this.taken = options.from;
  }

  /** These have become durable. */
  durable({ entries, place }: DurableGroup): void {
    if (this.#behind === undefined && !this.#options.hasRoom()) this.#behind = { place };
    if (this.#behind === undefined) for (const { entry } of entries) this.#put(entry);
    else this.fill();
  }

  /** There may be room. */
  fill(): void {
    if (this.#behind === undefined || this.#isOver) return;
    this.#filling ??= this.#fill()
      .catch((cause: unknown) => {
        this.#isOver = true;
        this.#options.failed(cause);
      })
      .finally(() => {
        this.#filling = undefined;
        // There may be room since it had ended.
        if (this.#isWanted) this.fill();
      });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#filling;
    await this.#leave();
  }

  get #isWanted(): boolean {
    const { last, hasRoom } = this.#options;
    return !this.#isOver && this.#behind !== undefined && this.taken < last() && hasRoom();
  }

  async #fill(): Promise<void> {
    while (this.#isWanted) {
      for (const entry of await this.#next()) {
        if (entry.kind !== 'message') continue;
        this.#read++;
        if (this.#read > this.taken) this.#put(entry);
      }
    }
    if (this.#isOver || this.taken < this.#options.last()) return;
    this.#behind = undefined;
    await this.#leave();
  }

  #put(entry: JournalEntry): void {
    if (entry.kind === 'message') this.#options.put(entry, ++this.taken);
  }

  /** What stands next on the disk, of which at least one message is durable. */
  async #next(): Promise<readonly JournalEntry[]> {
    const { segments } = this.#options;
    for (;;) {
      const { segment, reader } = (this.#reader ??= await this.#open());
      const behind = segments.behind(segment);
      const isOver = behind !== undefined && behind.first <= this.#read + 1;
      const entries = isOver ? undefined : await reader.next();
      if (entries !== undefined) return entries;
      if (!isOver)
        throw journalError(
          `"${segment.path}" is damaged behind byte ${reader.at}: message ${this.#read + 1} is missing`,
        );
      await this.#leave();
      this.#behind = { place: undefined };
    }
  }

  async #open(): Promise<{ readonly segment: Segment; readonly reader: SegmentReader }> {
    const { disk, segments } = this.#options;
    const place = this.#behind?.place;
    if (place !== undefined) {
      this.#read = this.taken;
      const { segment, at, sum } = place;
      return { segment, reader: await SegmentReader.at(disk, segment.path, at, sum) };
    }
    const number = Math.max(this.taken, this.#read) + 1;
    const segment = segments.holding(number);
    if (segment === undefined) throw journalError(`message ${number} of the journal is missing`);
    const begun = await SegmentReader.begin(disk, segment.path);
    if (typeof begun === 'string') throw journalError(`"${segment.path}" ${begun}`);
    this.#read = segment.first - 1;
    return { segment, reader: begun.reader };
  }

  async #leave(): Promise<void> {
    const open = this.#reader;
    this.#reader = undefined;
    await open?.reader.close();
  }
}
