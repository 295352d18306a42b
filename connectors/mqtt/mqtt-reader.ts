import type { Position, Positions } from '../../core/batch.ts';
import { Bell } from '../../core/bell.ts';
import type { SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';
import type { Custody, Desk } from './custody.ts';
import { Inbox } from './inbox.ts';
import { KnownPartitions } from './known-partitions.ts';
import { MqttBatch } from './mqtt-batch.ts';
import { QuietTopics } from './quiet-topics.ts';
import { Reception } from './reception.ts';
import { SourceLine, type SourceLineListener } from './source-line.ts';
import type { FromMqttSettings } from './source-options.ts';
import type { InboundMessage } from './wire/inbound.ts';

const onlyPartition = '0';

/** Reads what it is subscribed to; who has the messages until the job is done with them, its custody says. */
export class MqttReader<T> implements SourceReader<T>, SourceLineListener, Desk {
  readonly settings: FromMqttSettings;
  readonly request: SourceRequest;
  readonly line: SourceLine;
  readonly inbox: Inbox = new Inbox();
  readonly #custody: Custody;
  readonly #reception: Reception;
  readonly #quiet: QuietTopics;
  readonly #changed = new Bell();
  readonly #events: SourceEvent<T>[] = [];
  readonly #partitions = new KnownPartitions();
  #isOpen = false;
  #isOver = false;
  #failure: { readonly cause: unknown } | undefined;
  #pending: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(settings: FromMqttSettings, request: SourceRequest, custody: (desk: Desk) => Custody) {
    this.settings = settings;
    this.request = request;
    this.#reception = new Reception(settings, (message) => this.warn(message));
    this.line = new SourceLine(settings, request.clock, this);
    this.#custody = custody(this);
    this.#quiet = new QuietTopics({
      clock: request.clock,
      isListening: () => this.line.isSubscribed,
      isEmpty: (partition) => !this.inbox.has(partition) && !this.#custody.isBehind(),
      tell: (partition, askedMs) => this.#tell({ kind: 'empty', partition, askedMs }),
    });
  }

  get activity(): number {
    return this.#custody.activity;
  }

  async next(holding: ReadonlySet<string> = new Set()): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    const { signal } = this.request;
    this.#quiet.asking.asked(true);
    if (this.#isOpen) this.#custody.asked();
    const work = this.#advance(holding);
    this.#pending = work.catch(() => {});
    try {
      const value = await work;
      if (value !== undefined && !signal.aborted) return { done: false, value };
      this.#isOver = true;
      return { done: true, value: undefined };
    } catch (cause) {
      if (this.#closing !== undefined) return { done: true, value: undefined };
      this.#isOver = true;
      throw cause;
    } finally {
      this.#quiet.asking.asked(false);
    }
  }

  cut(positions: Positions): Positions {
    return this.#custody.cut(positions);
  }

  commit(positions: Positions): Promise<void> {
    return this.#custody.commit(positions);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  connected(sessionPresent: boolean): void {
    this.#custody.connected(sessionPresent);
  }

  message(message: InboundMessage, number: number): boolean {
    if (this.#reception.levelsOf(message) === undefined) return false;
    this.#custody.arrived(message, number);
    return true;
  }

  put(message: InboundMessage, receivedAt: number, number: number): void {
    const levels = this.#reception.levelsOf(message);
    if (levels === undefined) return;
    const partition = this.partitionOf(message.topic);
    this.#partitions.meet(partition);
    this.#quiet.spoke(partition);
    this.inbox.add(partition, { message, levels, receivedAt, number });
    this.#changed.ring();
  }

  isFull(): boolean {
    return this.#custody.isFull();
  }

  released(id: number): void {
    this.#custody.released(id);
  }

  partitionOf(topic: string): string {
    return this.settings.partitions === 'one' ? onlyPartition : topic;
  }

  warn(message: string): void {
    this.request.notice({ kind: 'warning', message });
  }

  failed(cause: unknown): void {
    this.#failure ??= { cause };
    this.#changed.ring();
  }

  async #advance(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    const { signal } = this.request;
    if (this.#isOver || signal.aborted) return undefined;
    if (!this.#isOpen) return await this.#open();
    while (!this.#isOver && !signal.aborted) {
      // What rings while a batch is decoded is heard.
      const changed = this.#changed.next;
      if (this.#failure !== undefined) throw this.#failure.cause;
      const event = this.#opened() ?? this.#events.shift() ?? (await this.#batch(holding));
      if (event !== undefined) return event;
      await changed;
    }
    return undefined;
  }

  async #open(): Promise<SourceEvent<T> | undefined> {
    const { signal } = this.request;
    signal.addEventListener('abort', () => this.#changed.ring(), { once: true });
    if (this.settings.partitions === 'one') this.#partitions.add(onlyPartition);
    const { partitions, hadSession } = await this.#custody.open();
    for (const partition of partitions) this.#partitions.add(partition);
    for (const partition of this.#partitions.all) this.#quiet.spoke(partition);
    if (signal.aborted || this.#isOver) return undefined;
    const opening = this.line.open(hadSession);
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([opening, stopped]);
    if (signal.aborted) opening.catch(() => {});
    if (signal.aborted || this.#isOver) return undefined;
    this.#isOpen = true;
    this.#quiet.start();
    this.#custody.asked();
    return this.#beginnings(this.#partitions.others);
  }

  /** Topics that were not known before. */
  #opened(): SourceEvent<T> | undefined {
    const met = this.#partitions.takeMet();
    return met.length === 0 ? undefined : this.#beginnings(met);
  }

  #beginnings(partitions: readonly string[]): SourceEvent<T> {
    const begin = (partition: string): [string, Position] => [partition, this.#custody.beginning(partition)];
    return { kind: 'opened', positions: Object.fromEntries(partitions.map(begin)) };
  }

  async #batch(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    const { name, format, record, empty } = this.settings;
    const taken = this.inbox.take(holding, this.#custody.batch);
    if (taken === undefined) return undefined;
    const { partition, messages } = taken;
    this.#custody.handed(partition, messages);
    this.line.resume();
    const batch = new MqttBatch<T>(partition, messages, name, (number) => this.#custody.positionAt(number));
    await batch.decode({ format: format.name, decode: format.decode, record, refusesEmpty: empty === 'reject' });
    return { kind: 'batch', batch };
  }

  #tell(event: SourceEvent<T>): void {
    this.#events.push(event);
    this.#changed.ring();
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    this.#quiet.close();
    this.#changed.ring();
    await this.#custody.finish();
    await this.line.close();
    await this.#pending;
    await this.#custody.close();
  }
}
