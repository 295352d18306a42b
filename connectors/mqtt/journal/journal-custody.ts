import type { Position, Positions } from '../../../core/batch.ts';
import type { ConnectorError } from '../../../core/errors.ts';
import type { World } from '../../files/disk/world.ts';
import type { Custody, Desk, Known } from '../custody.ts';
import type { TakenMessage } from '../mqtt-message.ts';
import type { InboundMessage } from '../wire/inbound.ts';
import { type JournalParts, journalParts } from './journal-parts.ts';
import type { AtHand } from './journal-progress.ts';
import type { JournalSettings } from './journal-settings.ts';
import type { JournalPosition } from './journal-start.ts';
import type { DurableGroup, JournalWriter } from './journal-writer.ts';
import { openJournal } from './open-journal.ts';

/** What may wait to be written, in bytes. */
const mostWaiting = 16 * 1024 * 1024;

/** A journal has what came: a message is acknowledged when it is durable there, and the job reads it from there. */
export class JournalCustody implements Custody {
  readonly activity = 0;
  readonly batch = 1_024;
  readonly #desk: Desk;
  readonly #settings: JournalSettings;
  readonly #world: World;
  #parts: JournalParts | undefined;
  #isFinished = false;
  /** Up to which number messages are acknowledged. */
  #acknowledges = 0;
  #trouble: string | undefined;
  #isToldFull = false;

  constructor(desk: Desk, settings: JournalSettings, world: World) {
    this.#desk = desk;
    this.#settings = settings;
    this.#world = world;
  }

  async open(): Promise<Known> {
    const { settings, request, line } = this.#desk;
    const { directory } = this.#settings;
    const journal = await openJournal(directory, settings.clientId, this.#world);
    try {
      this.#parts = journalParts(journal, this.#world.disk, this.#desk, this.#settings, {
        durable: (group) => this.#durable(group),
        troubled: (failure) => this.#troubled(failure),
      });
    } catch (cause) {
      await journal.locks.release();
      throw cause;
    }
    if (journal.torn > 0) {
      const what = `${journal.torn} bytes at the end of the journal in "${directory}" were not complete, and are cut off`;
      this.#desk.warn(`${settings.name}: ${what}: the broker was not told that they are there`);
    }
    const hadJournal = journal.segments.newest !== undefined;
    if (!hadJournal) journal.ids.adopt(request.positions);
    await this.#parts.writer.begin();
    line.acknowledgements.restore('', 0, Object.fromEntries(journal.ids.held));
    const partitions = Object.keys(request.positions).map((each) => this.#desk.partitionOf(each));
    return { hadSession: hadJournal || partitions.length > 0, partitions };
  }

  connected(sessionPresent: boolean): void {
    const { journal, writer } = this.#parts as JournalParts;
    if (!sessionPresent && (journal.ids.held.size > 0 || writer.pending > 0)) this.#append({ kind: 'forgotten' });
  }

  arrived(message: InboundMessage, number: number): void {
    this.#append({ kind: 'message', message, receivedAt: this.#desk.request.clock.now() }, number);
  }

  released(id: number): void {
    this.#append({ kind: 'released', id });
  }

  isFull(): boolean {
    if (this.#parts === undefined) return false;
    const { journal, writer } = this.#parts;
    const { directory, maxBytes } = this.#settings;
    if (writer.pending >= this.#desk.settings.maxUnacked || writer.pendingBytes >= mostWaiting) return true;
    const isFull = journal.segments.bytes >= maxBytes;
    if (isFull && !this.#isToldFull) {
      const what = `the journal in "${directory}" is full (\`maxBytes\`: ${maxBytes})`;
      this.#desk.warn(`${this.#desk.settings.name}: ${what}: no more is taken until a checkpoint lets some of it go`);
    }
    this.#isToldFull = isFull;
    return isFull;
  }

  isBehind(): boolean {
    const { writer, feed } = this.#parts as JournalParts;
    return writer.pending > 0 || feed.taken < writer.last;
  }

  asked(): void {
    const { feed, progress, pruning } = this.#parts as JournalParts;
    feed.fill();
    const isTight = pruning.isPressed || this.#trouble !== undefined;
    if (isTight && pruning.wouldHelp(progress.latest)) this.#desk.request.notice({ kind: 'checkpoint' });
  }

  handed(partition: string, messages: readonly TakenMessage[]): void {
    const { feed, progress } = this.#parts as JournalParts;
    progress.handed(partition, messages);
    feed.fill();
  }

  beginning(partition: string): Position {
    return this.positionAt((this.#parts as JournalParts).progress.beginning(partition));
  }

  positionAt(number: number): Position {
    return { journal: (this.#parts as JournalParts).journal.id, entry: number };
  }

  cut(positions: Positions): Positions {
    // Until it is open, it stands where the checkpoint before has it.
    if (this.#parts === undefined) return positions;
    const from = this.#parts.progress.sweptUpTo(positions, this.#atHand);
    return Object.fromEntries(Object.entries(positions).map(([partition, at]) => [partition, { ...at, from }]));
  }

  async commit(positions: Positions): Promise<void> {
    if (this.#parts === undefined) return;
    const { progress, pruning } = this.#parts;
    const froms = Object.values(positions).flatMap((at) => (at as JournalPosition).from ?? []);
    if (froms.length > 0) await pruning.commit(Math.min(...froms), true);
    else await pruning.commit(progress.committedUpTo(positions, this.#atHand), false);
    this.#desk.line.resume();
  }

  async finish(): Promise<void> {
    this.#isFinished = true;
    await this.#parts?.writer.finish();
  }

  async close(): Promise<void> {
    if (this.#parts === undefined) return;
    const { feed, writer, journal } = this.#parts;
    await feed.close();
    await writer.close();
    await journal.locks.release();
  }

  get #atHand(): AtHand {
    return { oldest: this.#desk.inbox.oldest, taken: (this.#parts as JournalParts).feed.taken };
  }

  /** What comes when the end has begun comes again. */
  #append(entry: Parameters<JournalWriter['append']>[0], number?: number): void {
    if (!this.#isFinished) this.#parts?.writer.append(entry, number);
  }

  #durable(group: DurableGroup): void {
    const { journal, feed, pruning } = this.#parts as JournalParts;
    this.#trouble = undefined;
    feed.durable(group);
    for (const { acknowledges } of group.entries) this.#acknowledges = Math.max(this.#acknowledges, acknowledges);
    const { line } = this.#desk;
    line.acknowledgements.commit({ get: () => this.#acknowledges }, journal.ids);
    if (pruning.isPressed) void pruning.squeeze().then(() => line.resume());
    line.resume();
  }

  #troubled({ message }: ConnectorError): void {
    const { pruning } = this.#parts as JournalParts;
    if (this.#trouble !== message) {
      this.#desk.warn(`${this.#desk.settings.name}: ${message}; nothing is acknowledged until that is over`);
    }
    this.#trouble = message;
    void pruning.squeeze();
    this.asked();
  }
}
