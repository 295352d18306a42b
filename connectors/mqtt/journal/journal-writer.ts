import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.ts';
import type { ConnectorError } from '../../../core/errors.ts';
import type { Disk } from '../../files/disk/disk.ts';
import { codeOf, fileError } from '../../files/file-error.ts';
import { encodeEntry } from './encode-entry.ts';
import type { JournalEntry } from './journal-entry.ts';
import { Pauses } from './pauses.ts';
import type { OpenedJournal } from './open-journal.ts';
import { segmentName, type SegmentPlace } from './segment.ts';
import { SegmentWriter } from './segment-writer.ts';

const where = 'fromMqtt';
/** What is done with is noted within this time, where no message comes with which it can be. */
const noteWithinMs = 1_000;

/** Entries that became durable together. */
export interface DurableGroup {
  /** Each with the number by which its message is acknowledged. */
  readonly entries: readonly { readonly entry: JournalEntry; readonly acknowledges: number }[];
  /** In front of them. */
  readonly place: SegmentPlace;
}

export interface JournalWriterOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly client: string;
  /** A file that is longer than this is followed by another one. */
  readonly segmentBytes: number;
  readonly clock: Clock;
  readonly durable: (group: DurableGroup) => void;
  /** It could not be written, and is tried again. */
  readonly troubled: (failure: ConnectorError) => void;
  /** It cannot be written. */
  readonly failed: (cause: unknown) => void;
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly acknowledges: number;
  readonly bytes: Buffer;
}

/** Appends to a journal, in groups: whatever comes while one is being made durable is the next. */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  readonly #journal: OpenedJournal;
  #index: number;
  #active: SegmentWriter | undefined;
  #waiting: Waiting[] = [];
  #writing: readonly Waiting[] = [];
  #bytes = 0;
  #done: number;
  #noted: number;
  #wantsNote = false;
  #cancelNote: (() => void) | undefined;
  #wantsNew = false;
  #working: Promise<void> | undefined;
  readonly #pauses: Pauses;
  #isClosing = false;
  #isOver = false;
  /** The number of the last message that is durable. */
  last: number;

  constructor(journal: OpenedJournal, options: JournalWriterOptions) {
    this.#options = options;
    this.#journal = journal;
    this.#index = journal.nextIndex;
    this.last = journal.last;
    this.#done = journal.done;
    this.#noted = journal.done;
    this.#pauses = new Pauses(options.clock);
  }

  /** Entries that are not durable. */
  get pending(): number {
    return this.#waiting.length + this.#writing.length;
  }

  get pendingBytes(): number {
    return this.#bytes;
  }

  append(entry: JournalEntry, acknowledges = 0): void {
    const bytes = encodeEntry(entry);
    this.#bytes += bytes.length;
    this.#waiting.push({ entry, acknowledges, bytes });
    this.#work();
  }

  /** Messages up to this are done with. It need not be durable at once: what is not noted comes again. */
  done(number: number): void {
    if (number <= this.#done) return;
    this.#done = number;
    const { clock } = this.#options;
    this.#cancelNote ??= clock.wakeAt(clock.now() + noteWithinMs, () => this.#note());
  }

  /** Begins another file, so that the one that is written to can go. */
  renew(): void {
    this.#wantsNew = true;
    this.#work();
  }

  /** Makes durable what waits, unless that fails. */
  async finish(): Promise<void> {
    this.#isClosing = true;
    this.#cancelNote?.();
    this.#pauses.end();
    await this.#working;
    this.#wantsNote = this.#done > this.#noted;
    if (!this.#isOver) await this.#run();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#cancelNote?.();
    this.#pauses.end();
    await this.#working;
    await this.#active?.close();
    this.#active = undefined;
  }

  #note(): void {
    this.#cancelNote = undefined;
    this.#wantsNote = this.#done > this.#noted;
    this.#work();
  }

  #work(): void {
    if (this.#isClosing || this.#isOver || !this.#hasWork) return;
    this.#working ??= this.#run()
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => {
        this.#working = undefined;
        // Something may have come just when it had ended.
        this.#work();
      });
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#wantsNew || this.#wantsNote;
  }

  async #run(): Promise<void> {
    // What comes out of one read of the connection is one group.
    await setImmediate();
    while (!this.#isOver && this.#hasWork) {
      const group = this.#waiting;
      this.#writing = group;
      this.#waiting = [];
      if (!(await this.#write(group))) this.#isOver = true;
    }
  }

  /** Tries until they are durable; answers whether they are. */
  async #write(group: readonly Waiting[]): Promise<boolean> {
    for (;;) {
      try {
        const place = await this.#append(group);
        this.#pauses.over();
        this.#became(group, place);
        return true;
      } catch (cause) {
        await this.#abandon();
        const failure = fileError(where, 'write', this.#options.folder, cause);
        if (!failure.retryable && codeOf(cause) !== 'EIO') {
          this.#options.failed(failure);
          return false;
        }
        if (this.#isClosing || this.#isOver) return false;
        this.#options.troubled(failure);
      }
      await this.#pauses.next();
      if (this.#isOver) return false;
    }
  }

  async #append(group: readonly Waiting[]): Promise<SegmentPlace> {
    const { disk, folder, segmentBytes } = this.#options;
    if (this.#active === undefined || this.#wantsNew || this.#active.segment.bytes >= segmentBytes) await this.#begin();
    const active = this.#active as unknown as SegmentWriter;
    const { place } = active;
    const isNew = active.segment.bytes === 0;
    const done = this.#done;
    const bytes = group.map((each) => each.bytes);
    if (isNew) bytes.unshift(encodeEntry({ kind: 'held', ids: this.#journal.ids.held }));
    if (isNew || done > this.#noted) bytes.push(encodeEntry({ kind: 'done', number: done }));
    await active.append(bytes);
    if (isNew) {
      await disk.syncFolder(folder);
      this.#journal.segments.add(active.segment);
    }
    this.#noted = done;
    this.#wantsNote = false;
    this.#wantsNew = false;
    return place;
  }

  async #begin(): Promise<void> {
    const { disk, folder, client } = this.#options;
    await this.#active?.close();
    this.#active = undefined;
    await this.#journal.locks.check(where);
    const first = this.last + 1;
    const index = this.#index++;
    const segment = { index, path: join(folder, segmentName(index)), first, bytes: 0 };
    this.#active = await SegmentWriter.begin(disk, segment, { journal: this.#journal.id, client, first });
  }

  /** The file whose end is not known is left behind what is durable in it; what is not goes into another one. */
  async #abandon(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    if (active === undefined) return;
    const { segments } = this.#journal;
    const isKept = segments.newest === active.segment;
    if (isKept) await active.cut().catch(() => undefined);
    await active.close().catch(() => undefined);
    // Where it stays, the next one says from where on it does not count.
    if (!isKept) await this.#options.disk.remove(active.segment.path).catch(() => undefined);
  }

  #fail(cause: unknown): void {
    this.#isOver = true;
    this.#options.failed(cause);
  }

  #became(group: readonly Waiting[], place: SegmentPlace): void {
    for (const { entry, bytes } of group) {
      this.#journal.ids.follow(entry);
      if (entry.kind === 'message') this.last++;
      this.#bytes -= bytes.length;
    }
    this.#writing = [];
    this.#options.durable({ entries: group, place });
  }
}
