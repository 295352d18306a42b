import type { Positions } from '../../../core/batch.ts';
import type { SourceNotice } from '../../../core/source.ts';
import { Acknowledgements } from '../../../connectors/mqtt/acknowledgements.ts';
import { contentDigest } from '../../../connectors/mqtt/content-digest.ts';
import type { Desk } from '../../../connectors/mqtt/custody.ts';
import { Inbox } from '../../../connectors/mqtt/inbox.ts';
import { JournalCustody } from '../../../connectors/mqtt/journal/journal-custody.ts';
import type { TakenMessage } from '../../../connectors/mqtt/mqtt-message.ts';
import { type FromMqttSettings, fromMqttSettings } from '../../../connectors/mqtt/source-options.ts';
import type { InboundMessage } from '../../../connectors/mqtt/wire/inbound.ts';
import { text } from '../../../src/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { numbered } from './numbered.ts';
import { requestOf } from '../connector-contract.ts';
import type { CrashingDisk } from '../crashing-disk.ts';
import { onlyOne } from '../file-lives.ts';
import type { Survives } from '../power-cut.ts';

export const folder = 'journal';

/** What a process finds that starts after the power has failed, and nothing survived that was not synced. */
export function afterPowerCut(disk: CrashingDisk, survives: Survives = () => false): CrashingDisk {
  const next = disk.afterDeath(survives);
  // A lock of which nobody can read who holds it is nobody's after a while.
  next.now = disk.now + 60_000;
  return next;
}

export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The files of a journal, in their order. */
export function filesOf(disk: CrashingDisk): string[] {
  const all = Object.keys(disk.files(folder)).filter((path) => path.endsWith('.journal'));
  return all.toSorted();
}

/** How often one of them was synced. */
export function syncsOf(disk: CrashingDisk): number {
  return disk.changes.filter((change) => /^sync .*\.journal$/.test(change)).length;
}

/** Numbered messages, their ids numbered from 1. */
export function messages(count: number, from = 0): InboundMessage[] {
  return numbered(count, from).map((payload, index) => inbound(payload, 1 + from + index));
}

/** All that a new process finds. */
export async function everythingIn(disk: CrashingDisk): Promise<string[]> {
  const life = await new JournalLife(disk).begin();
  await life.until(() => !life.custody.isBehind());
  while (life.take().length > 0);
  await life.end();
  if (life.failure !== undefined) throw new Error('it has failed', { cause: life.failure });
  return life.records;
}

/** A message as a broker would send it. */
export function inbound(payload: string, id: number, qos: 0 | 1 | 2 = 1, topic = 'a'): InboundMessage {
  return { topic, payload: Buffer.from(payload), qos, id, retain: false, duplicate: false, properties: {} };
}

/** One life of a reader with a journal, without a connection: what the broker would say is said to it, and its answers kept. */
export class JournalLife implements Desk {
  static #count = 0;
  readonly settings: FromMqttSettings;
  readonly request;
  readonly inbox = new Inbox();
  readonly line;
  readonly custody: JournalCustody;
  readonly clock = new ManualClock();
  /** What was said to the broker. */
  readonly said: string[] = [];
  readonly warnings: string[] = [];
  readonly notices: SourceNotice[] = [];
  /** Payloads that the job has had. */
  readonly records: string[] = [];
  positions: Positions;
  failure: unknown;
  resumed = 0;
  #lastNumber = 0;
  /** Batches that the job has, and has not gone through. */
  readonly #atHand = new Map<string, TakenMessage[]>();

  constructor(
    disk: CrashingDisk,
    positions: Positions = {},
    more: { readonly maxBytes?: number; readonly isStateGone?: true; readonly partitions?: 'one' | 'topic' } = {},
  ) {
    const { maxBytes = 2 ** 30, isStateGone, partitions = 'one' } = more;
    const journal = { directory: folder, maxBytes };
    const own = { url: 'mqtt://h', topic: ['a', 'b', 'c'], value: text(), clientId: 'c', partitions, journal: folder };
    this.settings = { ...fromMqttSettings(own), maxUnacked: 50, journal };
    const notice = (told: SourceNotice): void => void this.notices.push(told);
    const gone = isStateGone === undefined ? {} : { isStateGone };
    this.request = requestOf({ clock: this.clock, positions, notice, ...gone });
    this.positions = positions;
    this.line = {
      acknowledgements: new Acknowledgements({
        acknowledge: (id) => void this.said.push(`puback ${id}`),
        receive: (id) => void this.said.push(`pubrec ${id}`),
        complete: (id) => void this.said.push(`pubcomp ${id}`),
      }),
      resume: () => void this.resumed++,
    };
    this.custody = new JournalCustody(this, journal, { disk, processes: onlyOne(++JournalLife.#count) });
  }

  partitionOf(topic: string): string {
    return this.settings.partitions === 'one' ? '0' : topic;
  }

  put(message: InboundMessage, receivedAt: number, number: number): void {
    this.inbox.add(this.partitionOf(message.topic), { message, levels: {}, receivedAt, number });
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  failed(cause: unknown): void {
    this.failure ??= cause;
  }

  async begin(sessionPresent = true): Promise<this> {
    await this.custody.open();
    this.line.acknowledgements.connected(sessionPresent);
    this.custody.connected(sessionPresent);
    this.custody.asked();
    return this;
  }

  /** What the broker sends; a message that is here already is only answered. */
  arrive(...all: readonly InboundMessage[]): this {
    for (const message of all) {
      const { qos, id, topic, payload } = message;
      if (qos !== 0) {
        const identity = { qos, id, digest: contentDigest(topic, payload) };
        const number = this.line.acknowledgements.arrived('0', identity);
        if (number === undefined) continue;
        this.#lastNumber = number;
      }
      this.custody.arrived(message, this.#lastNumber);
    }
    return this;
  }

  /** PUBREL. */
  release(...ids: readonly number[]): this {
    for (const id of ids) {
      this.line.acknowledgements.releasedBy(id);
      this.custody.released(id);
    }
    return this;
  }

  /** Hands over what is at hand, as a job asks for it. */
  take(most = 1_000, holding: ReadonlySet<string> = new Set()): string[] {
    this.custody.asked();
    const taken = this.inbox.take(holding, most);
    if (taken === undefined) return [];
    const { partition, messages: all } = taken;
    this.custody.handed(partition, all);
    const payloads = all.map(({ message }) => Buffer.from(message.payload).toString());
    this.records.push(...payloads);
    this.positions = { ...this.positions, [partition]: this.custody.positionAt(all.at(-1)!.number) };
    return payloads;
  }

  /** Goes through so many of what the job has at hand, of one partition; when that is nothing, it asks for a batch. */
  sweep(count: number, batch: number): string[] {
    const holding = new Set(this.#atHand.keys());
    this.custody.asked();
    const taken = this.inbox.take(holding, batch);
    if (taken !== undefined) {
      this.custody.handed(taken.partition, taken.messages);
      this.#atHand.set(taken.partition, [...taken.messages]);
    }
    const [partition, waiting] = [...this.#atHand][this.records.length % Math.max(1, this.#atHand.size)] ?? [];
    if (partition === undefined || waiting === undefined) return [];
    const swept = waiting.splice(0, count);
    if (waiting.length === 0) this.#atHand.delete(partition);
    const payloads = swept.map(({ message }) => Buffer.from(message.payload).toString());
    this.records.push(...payloads);
    this.positions = { ...this.positions, [partition]: this.custody.positionAt(swept.at(-1)!.number) };
    return payloads;
  }

  /** A checkpoint of all that was taken, stored. */
  async checkpoint(): Promise<Positions> {
    const cut = structuredClone(this.custody.cut(this.positions));
    await this.custody.commit(cut);
    return cut;
  }

  async end(): Promise<void> {
    await this.custody.finish();
    await this.custody.close();
  }

  /** Waits until it holds; nothing of a journal takes long here. */
  async until(holds: () => boolean): Promise<this> {
    for (let turn = 0; !holds(); turn++) {
      if (turn > 1_000) throw new Error(`in vain: ${holds.toString()}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this;
  }
}
