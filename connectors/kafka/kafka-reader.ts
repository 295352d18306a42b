import type { Positions } from '../../core/batch.ts';
import type { SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import { type Decoding, decodingOf } from './decoding.ts';
import type { ConsumerListener, FetchedBatch, KafkaConsumer, KafkaLookup, TopicPartition } from './driver.ts';
import { KafkaBatch } from './kafka-batch.ts';
import { PartitionIntake, partitionName } from './partition-intake.ts';
import { QuietWatch } from './quiet-watch.ts';
import { RivalWatch } from './rival-watch.ts';
import type { FromKafkaSettings } from './source-options.ts';
import { startOffsets } from './start-offsets.ts';
import { takeBack } from './take-back.ts';
import { ToldEvents } from './told-events.ts';

const where = 'fromKafka';

/** Reads the partitions of its topics as a member of a group that has no other. */
export class KafkaReader<T> implements SourceReader<T>, ConsumerListener {
  readonly #settings: FromKafkaSettings;
  readonly #request: SourceRequest;
  readonly #intakes = new Map<string, PartitionIntake>();
  readonly #lookup: KafkaLookup;
  readonly #consumer: KafkaConsumer;
  readonly #watch: QuietWatch;
  readonly #rival: RivalWatch;
  readonly #decoding: Decoding<T>;
  readonly #told = new ToldEvents<T>();
  #isOpen = false;
  #isFinished = false;
  #failure: { readonly cause: unknown } | undefined;
  #pending: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #tellClosed = (): void => {};
  readonly #closed = new Promise<void>((resolve) => (this.#tellClosed = resolve));
  readonly #onAbort = (): void => this.#told.wake();

  constructor(settings: FromKafkaSettings, request: SourceRequest) {
    this.#settings = settings;
    this.#request = request;
    const { driver, groupId, topics, isolation, sessionTimeoutMs } = settings;
    this.#decoding = decodingOf(settings, request.fields);
    this.#lookup = driver.openLookup(where);
    this.#consumer = driver.openConsumer({ groupId, topics, isolation, sessionTimeoutMs, scale: 'alone' }, this);
    this.#rival = new RivalWatch({
      clock: request.clock,
      groupId,
      sessionTimeoutMs,
      warn: (message) => request.notice({ kind: 'warning', message: `${where}: ${message}` }),
      fail: (cause) => this.failed(cause),
    });
    this.#watch = new QuietWatch({
      clock: request.clock,
      lookup: this.#lookup,
      intakes: () => this.#intakes.values(),
      tell: (intake, askedMs) => {
        this.#tellRest(intake);
        this.#told.tell({ kind: 'empty', partition: intake.name, askedMs });
      },
    });
  }

  async next(holding: ReadonlySet<string> = new Set()): Promise<IteratorResult<SourceEvent<T>, undefined>> {
    const { signal } = this.#request;
    if (this.#isFinished || signal.aborted) return { done: true, value: undefined };
    this.#watch.asking.asked(true);
    const work = this.#advance(holding);
    // Whoever closes waits for it, and wants to know nothing of how it ended.
    this.#pending = work.catch(() => undefined);
    try {
      const event = await unlessAborted(work, signal);
      if (event !== undefined) return { done: false, value: event };
      this.#isFinished = true;
      return { done: true, value: undefined };
    } catch (cause) {
      // A consumer that was closed under its own feet says so.
      if (this.#closing !== undefined) return { done: true, value: undefined };
      this.#isFinished = true;
      throw cause;
    } finally {
      this.#watch.asking.asked(false);
    }
  }

  async commit(positions: Positions): Promise<void> {
    const offsets = [...this.#intakes.values()].flatMap((intake) => intake.toCommit(positions[intake.name]));
    if (offsets.length > 0) await this.#consumer.commit(offsets);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Those that are new are read from their beginning. */
  assigned(partitions: readonly TopicPartition[]): ReadonlyMap<TopicPartition, string> {
    this.#rival.assigned(partitions.length);
    const places = new Map<TopicPartition, string>();
    for (const each of partitions) {
      const intake = this.#intakes.get(partitionName(each)) ?? this.#meet(each);
      if (intake !== undefined && !intake.hasEnded) places.set(each, String(intake.next));
    }
    return places;
  }

  fetched(batch: FetchedBatch): Promise<void> | undefined {
    const intake = this.#intakes.get(partitionName(batch));
    if (intake === undefined || intake.hasEnded || BigInt(batch.next) <= intake.next) return undefined;
    if (BigInt(batch.from) > intake.next) {
      const { onGap } = this.#settings;
      return takeBack(intake, this.#consumer, this.#lookup, onGap).catch((cause: unknown) => this.failed(cause));
    }
    const room = intake.add(batch);
    this.#endIfDone(intake);
    this.#told.wake();
    return this.#hasAll ? this.#closed : room;
  }

  advanced(partition: TopicPartition, next: string): void {
    const intake = this.#intakes.get(partitionName(partition));
    if (intake === undefined || intake.hasEnded || BigInt(next) <= intake.next) return;
    intake.next = BigInt(next);
    this.#endIfDone(intake);
  }

  failed(cause: unknown): void {
    this.#failure ??= { cause };
    this.#told.wake();
  }

  async #advance(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    if (!this.#isOpen) return await this.#open();
    for (;;) {
      const { news } = this.#told;
      if (this.#failure !== undefined) throw this.#failure.cause;
      if (this.#isFinished || this.#request.signal.aborted) return undefined;
      const event = this.#told.take(holding) ?? (await this.#batch(holding));
      if (event !== undefined) return event;
      if (this.#told.isEmpty && [...this.#intakes.values()].every(({ hasEnded }) => hasEnded)) return undefined;
      await news;
    }
  }

  async #open(): Promise<SourceEvent<T>> {
    const intakes = await startOffsets(this.#settings, this.#lookup, this.#request);
    for (const intake of intakes) this.#intakes.set(intake.name, intake);
    for (const intake of intakes) this.#endIfDone(intake);
    const positions = Object.fromEntries(intakes.map((each) => [each.name, each.position]));
    await this.#consumer.start(intakes.length);
    await this.#rival.over;
    if (this.#closing !== undefined) throw new Error('closed meanwhile');
    if (this.#failure !== undefined) throw this.#failure.cause;
    this.#request.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#isOpen = true;
    this.#watch.start();
    return { kind: 'opened', positions };
  }

  /** A batch of a partition that is not at hand already; whoever waits longest for its turn comes first. */
  async #batch(holding: ReadonlySet<string>): Promise<SourceEvent<T> | undefined> {
    for (const intake of this.#intakes.values()) {
      const fetched = holding.has(intake.name) ? undefined : intake.take();
      if (fetched === undefined) continue;
      // Next time it stands behind all others.
      this.#intakes.delete(intake.name);
      this.#intakes.set(intake.name, intake);
      intake.quietSince = this.#request.clock.now();
      const batch = new KafkaBatch<T>(intake.name, fetched, intake.kept);
      await batch.decode(this.#decoding);
      this.#endIfDone(intake);
      return { kind: 'batch', batch };
    }
    return undefined;
  }

  /** A partition that was made since. A job that ends has no use for it. */
  #meet(partition: TopicPartition): PartitionIntake | undefined {
    if (this.#settings.until === 'now') return undefined;
    const intake = new PartitionIntake(partition, 0n);
    intake.quietSince = this.#request.clock.now();
    this.#intakes.set(intake.name, intake);
    this.#told.tell({ kind: 'opened', positions: { [intake.name]: intake.position } });
    return intake;
  }

  /** Nothing else will be asked for: another fetch would only have to be waited for at the end. A share's consumer has others to fetch for. */
  get #hasAll(): boolean {
    return this.#settings.share === undefined && [...this.#intakes.values()].every(({ isRead }) => isRead);
  }

  #endIfDone(intake: PartitionIntake): void {
    if (intake.hasEnded || !intake.isDone) return;
    intake.hasEnded = true;
    if (this.#isOpen) this.#consumer.pause(intake);
    this.#tellRest(intake);
    this.#told.tell({ kind: 'ended', partition: intake.name });
  }

  /** Behind the last messages there may be markers: the position goes on behind them, and so does what the group is told. */
  #tellRest(intake: PartitionIntake): void {
    const { name, rest, kept } = intake;
    if (rest === undefined) return;
    intake.handed = intake.next;
    this.#told.tell({ kind: 'batch', batch: new KafkaBatch<T>(name, rest, kept) });
  }

  async #close(): Promise<void> {
    this.#isFinished = true;
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#watch.close();
    this.#rival.close();
    for (const intake of this.#intakes.values()) intake.close();
    this.#tellClosed();
    this.#told.wake();
    await this.#consumer.close();
    await this.#lookup.close();
    await this.#pending;
  }
}
