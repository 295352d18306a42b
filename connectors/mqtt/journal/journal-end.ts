import { join } from 'node:path';
import type { Disk } from '../../files/disk/disk.ts';
import { encodeEntry } from './encode-entry.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { OpenedJournal } from './open-journal.ts';
import { type Segment, segmentName, type SegmentPlace } from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';

export interface JournalEndOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly client: string;
  /** A file that is longer than this is followed by another one. */
  readonly segmentBytes: number;
}

/** Where a journal is appended to: a file, and another one when that is long enough, or cannot be trusted any more. */
export class JournalEnd {
  readonly #options: JournalEndOptions;
  readonly #journal: OpenedJournal;
  #index: number;
  #active: SegmentWriter | undefined;

  constructor(journal: OpenedJournal, options: JournalEndOptions) {
    this.#options = options;
    this.#journal = journal;
    this.#index = journal.nextIndex;
  }

  /**
   * Makes entries durable; answers the place in front of them. `first`: the number of the next message; `done`: up to which
   * the job is done, which a file says at its beginning; `renew`: another file is wanted.
   */
  async append(
    entries: readonly Buffer[],
    { first, done, renew }: { readonly first: number; readonly done: number; readonly renew: boolean },
  ): Promise<SegmentPlace> {
    const { disk, folder, segmentBytes } = this.#options;
    const { segments } = this.#journal;
    if (renew || this.#active === undefined || this.#active.segment.bytes >= segmentBytes)
      await this.#begin(first, done);
    const active = this.#active as unknown as SegmentWriter;
    const { place, segment } = active;
    const isNew = segment.bytes === 0;
    await active.append(entries);
    if (isNew) {
      await disk.syncFolder(folder);
      segments.add(segment);
    }
    return place;
  }

  /** The file whose end is not known is left behind what is durable in it; what is not goes into another one. */
  async abandon(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    if (active === undefined) return;
    const isKept = this.#journal.segments.newest === active.segment;
    if (isKept) await active.cut().catch(() => undefined);
    await active.close().catch(() => undefined);
    // Where it stays, the next one says from where on it does not count.
    if (!isKept) await this.#options.disk.remove(active.segment.path).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#active?.close();
    this.#active = undefined;
  }

  async #begin(first: number, done: number): Promise<void> {
    const { disk, folder, client } = this.#options;
    await this.close();
    await this.#journal.locks.check('fromMqtt');
    const index = this.#index++;
    const segment: Segment = { index, path: join(folder, segmentName(index)), first, bytes: 0 };
    const beginning: readonly JournalEntry[] = [
      { kind: 'held', ids: this.#journal.ids.held },
      { kind: 'done', number: done },
    ];
    const facts = { journal: this.#journal.id, client, first };
    this.#active = await SegmentWriter.begin(disk, segment, facts, beginning.map(encodeEntry));
  }
}
