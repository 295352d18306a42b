import type { Position, Positions } from '../../core/batch.ts';
import { Bell } from '../../core/bell.ts';
import type { SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';
import type { HeldIds } from './acknowledgements.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import { Inbox } from './inbox.ts';
import { MqttBatch } from './mqtt-batch.ts';
import { QuietTopics } from './quiet-topics.ts';
import { SourceLine, type SourceLineListener } from './source-line.ts';
import type { FromMqttSettings } from './source-options.ts';
import { TopicRoutes } from './topic-routes.ts';
import type { InboundMessage } from './wire/inbound.ts';

const onlyPartition = '0';
/** Messages of QoS 0 that are handed over at a time. */
const batchOfQos0 = 1_024;

/** What a position says: the last message by arrival, and of QoS 2 the ids that a checkpoint must know. */
type MqttPosition = { readonly received: number; readonly ids?: HeldIds };

/** Reads what it is subscribed to, and acknowledges what a checkpoint covers. */
export class MqttReader<T> implements SourceReader<T>, SourceLineListener {
  /** Grows with what a checkpoint holds of it beside the records. */
  activity = 0;
  readonly #settings: FromMqttSettings;
  readonly #request: SourceRequest;
  readonly #line: SourceLine;
  readonly #routes: TopicRoutes;
  readonly #inbox = new Inbox();
  readonly #quiet: QuietTopics;
  readonly #limit: InFlightLimit;
  #arrivedAt = 0;
  /** Takes back the look whether it is too quiet. */
  #cancelLook: (() => void) | undefined;
  readonly #changed = new Bell();
  readonly #events: SourceEvent<T>[] = [];
  readonly #partitions = new Set<string>();
  /** Topics from which something came, and nobody has been told. */
  #met: string[] = [];
  readonly #strange = new Set<string>();
  #isOpen = false;
  #isOver = false;
  #failure: { readonly cause: unknown } | undefined;
  #pending: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(settings: FromMqttSettings, request: SourceRequest) {
    this.#settings = settings;
    this.#request = request;
    this.#routes = new TopicRoutes(settings.filters);
    const { clock, positions } = request;
    this.#limit = new InFlightLimit(settings.assumedInFlight, settings.maxUnacked);
    this.#line = new SourceLine(settings, clock, Object.keys(positions).length > 0, this);
    this.#quiet = new QuietTopics({
      clock,
      isListening: () => this.#line.isSubscribed,
      isEmpty: (partition) => !this.#inbox.has(partition),
      tell: (partition, askedMs) => this.#tell({ kind: 'empty', partition, askedMs }),
    });
  }

  async next(holding: ReadonlySet<string> = new Set()): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    const { signal } = this.#request;
    this.#quiet.asking.asked(true);
    this.#askIfMany();
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

  /** The ids of QoS 2 go with the messages that they are of. */
  cut(positions: Positions): Positions {
    if (this.#settings.qos !== 2) return positions;
    const { acknowledgements } = this.#line;
    const withIds = Object.entries(positions).map(([partition, position]) => {
      const { received } = position as MqttPosition;
      return [partition, { received, ids: acknowledgements.idsUpTo(partition, received) }] as const;
    });
    return Object.fromEntries(withIds);
  }

  commit(positions: Positions): Promise<void> {
    const all = Object.entries(positions) as [string, MqttPosition][];
    const numbers = new Map(all.map(([partition, { received }]) => [partition, received]));
    const ids = all.some(([, position]) => position.ids !== undefined)
      ? new Set(all.flatMap(([, { ids: held = {} }]) => Object.keys(held).map(Number)))
      : undefined;
    this.#limit.committed(this.#request.clock.now());
    this.#line.acknowledgements.commit(numbers, ids);
    this.#line.resume();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  message(message: InboundMessage, partition: string, number: number): boolean {
    const { retained, empty } = this.#settings;
    if (message.retain && retained === 'skip') return false;
    if (message.payload.length === 0 && empty === 'skip') return false;
    const levels = this.#routes.levelsOf(message.topic);
    if (levels === undefined) {
      this.#isStrange(message.topic);
      return false;
    }
    if (!this.#partitions.has(partition)) {
      this.#partitions.add(partition);
      this.#met.push(partition);
    }
    const now = this.#request.clock.now();
    this.#quiet.spoke(partition, now);
    this.#arrivedAt = now;
    this.#limit.arrived(this.#line.acknowledgements.uncovered, now);
    this.#inbox.add(partition, { message, levels, receivedAt: now, number });
    this.#changed.ring();
    return true;
  }

  isFull(): boolean {
    return this.#line.acknowledgements.uncovered + this.#inbox.ofQos0 >= this.#settings.maxUnacked;
  }

  released(): void {
    this.activity++;
    this.#askIfMany();
  }

  partitionOf(topic: string): string {
    return this.#settings.partitions === 'one' ? onlyPartition : topic;
  }

  warn(message: string): void {
    this.#request.notice({ kind: 'warning', message });
  }

  failed(cause: unknown): void {
    this.#failure ??= { cause };
    this.#changed.ring();
  }

  async #advance(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    const { signal } = this.#request;
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
    const { signal, positions } = this.#request;
    signal.addEventListener('abort', () => this.#changed.ring(), { once: true });
    for (const [topic, position] of Object.entries(positions)) {
      const partition = this.partitionOf(topic);
      this.#partitions.add(partition);
      const { received, ids = {} } = position as MqttPosition;
      this.#line.acknowledgements.restore(partition, received, ids);
    }
    if (this.#settings.partitions === 'one') this.#partitions.add(onlyPartition);
    for (const partition of this.#partitions) this.#quiet.spoke(partition);
    const opening = this.#line.open();
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([opening, stopped]);
    if (signal.aborted) opening.catch(() => {});
    if (signal.aborted || this.#isOver) return undefined;
    this.#isOpen = true;
    this.#quiet.start();
    const known = [...this.#partitions].filter((partition) => !this.#met.includes(partition));
    return { kind: 'opened', positions: beginnings(known) };
  }

  /** Topics that were not known before. */
  #opened(): SourceEvent<T> | undefined {
    if (this.#met.length === 0) return undefined;
    const met = this.#met;
    this.#met = [];
    return { kind: 'opened', positions: beginnings(met) };
  }

  async #batch(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    const { qos, name, format, record, empty } = this.#settings;
    // Small enough for half of what may be out to be swept, and on its way into a checkpoint, while the other half comes.
    const most = qos === 0 ? batchOfQos0 : Math.ceil(this.#limit.many / 2);
    const taken = this.#inbox.take(holding, most);
    if (taken === undefined) return undefined;
    this.#line.resume();
    const batch = new MqttBatch<T>(taken.partition, taken.messages, name);
    await batch.decode({ format: format.name, decode: format.decode, record, refusesEmpty: empty === 'reject' });
    return { kind: 'batch', batch };
  }

  /** What the job has had and no checkpoint covers, and what a checkpoint has to forget. */
  get #waiting(): number {
    const { uncovered, released } = this.#line.acknowledgements;
    return uncovered - this.#inbox.toAcknowledge + released;
  }

  /** Half of what may be out waits for a checkpoint, and the job has it. */
  #askIfMany(): void {
    if (this.#waiting >= this.#limit.many) this.#request.notice({ kind: 'checkpoint' });
    else if (this.#waiting > 0) this.#lookIfQuiet();
  }

  /** If nothing comes for a while, the broker may be waiting for us. */
  #lookIfQuiet(): void {
    const { clock, notice } = this.#request;
    this.#cancelLook ??= clock.wakeAt(this.#arrivedAt + this.#limit.quietMs, () => {
      this.#cancelLook = undefined;
      if (this.#waiting === 0) return;
      if (clock.now() - this.#arrivedAt >= this.#limit.quietMs) {
        this.#limit.tries(this.#line.acknowledgements.uncovered);
        notice({ kind: 'checkpoint' });
      } else this.#lookIfQuiet();
    });
  }

  /** It comes from a subscription that an earlier program made, or from nowhere. */
  #isStrange(topic: string): void {
    if (this.#strange.size >= 100 || this.#strange.has(topic)) return;
    this.#strange.add(topic);
    const what = `"${topic}" comes, which nobody asks for; the session has a subscription from before`;
    this.warn(`${this.#settings.name}: ${what}: it is acknowledged, and no record`);
  }

  #tell(event: SourceEvent<T>): void {
    this.#events.push(event);
    this.#changed.ring();
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    this.#cancelLook?.();
    this.#quiet.close();
    this.#changed.ring();
    await this.#line.close();
    await this.#pending;
  }
}

function beginnings(partitions: readonly string[]): Readonly<Record<string, Position>> {
  return Object.fromEntries(partitions.map((partition) => [partition, { received: 0 }]));
}
