import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.ts';
import type { ConnectorError } from '../../../core/errors.ts';
import { codeOf, fileError } from '../../files/file-error.ts';
import { DoneMark } from './done-mark.ts';
import { encodeEntry } from './encode-entry.ts';
import { JournalEnd, type JournalEndOptions } from './journal-end.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { OpenedJournal } from './open-journal.ts';
import { Pauses } from './pauses.ts';
import type { SegmentPlace } from './segment.ts';

/** Entries that became durable together. */
export interface DurableGroup {
  /** Each with the number by which its message is acknowledged. */
  readonly entries: readonly { readonly entry: JournalEntry; readonly acknowledges: number }[];
  /** In front of them. */
  readonly place: SegmentPlace;
}

export interface JournalWriterOptions extends JournalEndOptions {
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
  readonly #end: JournalEnd;
  readonly #done: DoneMark;
  readonly #pauses: Pauses;
  #waiting: Waiting[] = [];
  #writing: readonly Waiting[] = [];
  #wantsNote = false;
  #wantsNew = false;
  #working: Promise<void> | undefined;
  /** Nothing more is taken, and nothing tried again. */
  #isClosing = false;
  #isOver = false;
  /** The number of the last message that is durable. */
  last: number;
  /** Of entries that are not durable. */
  pendingBytes = 0;

  constructor(journal: OpenedJournal, options: JournalWriterOptions) {
    this.#options = options;
    this.#journal = journal;
    this.#end = new JournalEnd(journal, options);
    this.#pauses = new Pauses(options.clock);
    this.#done = new DoneMark(journal.done, options.clock, () => {
      this.#wantsNote = true;
      this.#work();
    });
    this.last = journal.last;
  }

  /** A checkpoint may name the journal before there is a message: a new one has to be there then. */
  async begin(): Promise<void> {
    if (this.#journal.segments.newest !== undefined) return;
    try {
      await this.#append([]);
    } catch (cause) {
      await this.#end.abandon();
      throw fileError('fromMqtt', 'write', this.#options.folder, cause);
    }
  }

  /** Entries that are not durable. */
  get pending(): number {
    return this.#waiting.length + this.#writing.length;
  }

  append(entry: JournalEntry, acknowledges = 0): void {
    const bytes = encodeEntry(entry);
    this.pendingBytes += bytes.length;
    this.#waiting.push({ entry, acknowledges, bytes });
    this.#work();
  }

  /** Messages up to this are done with. It need not be durable at once. */
  done(number: number): void {
    this.#done.moveTo(number);
  }

  /** Begins another file, so that the one that is written to can go. */
  renew(): void {
    this.#wantsNew = true;
    this.#work();
  }

  /** Makes durable what waits, unless that fails. */
  async finish(): Promise<void> {
    this.#isClosing = true;
    this.#pauses.end();
    await this.#working;
    this.#wantsNote = this.#done.isToBeNoted;
    if (!this.#isOver) await this.#run();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#done.close();
    this.#pauses.end();
    await this.#working;
    await this.#end.close();
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#wantsNew || this.#wantsNote;
  }

  #work(): void {
    if (this.#isClosing || this.#isOver || !this.#hasWork) return;
    this.#working ??= this.#run()
      .catch((cause: unknown) => this.#options.failed(cause))
      .finally(() => {
        this.#working = undefined;
        // Something may have come just when it had ended.
        this.#work();
      });
  }

  async #run(): Promise<void> {
    // What comes out of one read of the connection is one group.
    await setImmediate();
    while (!this.#isOver && this.#hasWork) {
      const group = this.#waiting;
      this.#writing = group;
      this.#waiting = [];
      await this.#write(group);
    }
  }

  /** Tries until they are durable, or it is over: what comes behind them cannot go before. */
  async #write(group: readonly Waiting[]): Promise<void> {
    while (!this.#isOver) {
      const place = await this.#append(group).catch((cause: unknown) => this.#missed(cause));
      if (place === undefined) continue;
      this.#pauses.over();
      this.#became(group, place);
      return;
    }
  }

  /** It could not be written: waits until it may be tried again, unless that is no use. */
  async #missed(cause: unknown): Promise<undefined> {
    await this.#end.abandon();
    const failure = fileError('fromMqtt', 'write', this.#options.folder, cause);
    const mayPass = failure.retryable || codeOf(cause) === 'EIO';
    if (!mayPass) this.#options.failed(failure);
    if (!mayPass || this.#isClosing) this.#isOver = true;
    if (this.#isOver) return;
    this.#options.troubled(failure);
    await this.#pauses.next();
  }

  async #append(group: readonly Waiting[]): Promise<SegmentPlace> {
    const { number } = this.#done;
    const bytes = group.map((each) => each.bytes);
    if (this.#done.isToBeNoted) bytes.push(encodeEntry({ kind: 'done', number }));
    const where = { first: this.last + 1, done: number, renew: this.#wantsNew };
    const place = await this.#end.append(bytes, where);
    this.#done.noted(number);
    this.#wantsNote = false;
    this.#wantsNew = false;
    return place;
  }

  #became(group: readonly Waiting[], place: SegmentPlace): void {
    for (const { entry, bytes } of group) {
      this.#journal.ids.follow(entry);
      if (entry.kind === 'message') this.last++;
      this.pendingBytes -= bytes.length;
    }
    this.#writing = [];
    this.#options.durable({ entries: group, place });
  }
}
