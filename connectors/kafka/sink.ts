import type { Sink, SinkRequest } from '../../core/sink.ts';
import type { KafkaLookup, KafkaProducer, MarkerPlace } from './driver.ts';
import { KafkaWriter } from './kafka-writer.ts';
import { type ToKafkaOptions, type ToKafkaSettings, toKafkaSettings } from './sink-options.ts';

const where = 'toKafka';
/** Every cluster has it: the place of the mark where rows choose their topics. */
const topicOfOffsets = '__consumer_offsets';

/**
 * Writes rows to a topic.
 *
 * - **Starts** when the job opens it, before the first record is read. Under a checkpoint it shuts out its former self
 *   first, and what that one had not committed is gone.
 * - **Completes** with the job. A row stays in memory until all replicas have acknowledged it.
 * - **Fails** with a `ConnectorError`; the codes stand on the page of this connector. A row that the format cannot write,
 *   or that is larger than the topic takes, throws a `TypeError` from `write`: a rejection (`invalid`) of the sink's step.
 * - **Memory** what is written between two sends: the credit of the job.
 * - **Delivery** exactly once under a checkpoint, for readers of committed messages: the rows between two checkpoints and
 *   the checkpoint's id are one transaction. Else at least once. Rows of one key keep their order.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for an option that is wrong.
 */
export function toKafka<T>(options: ToKafkaOptions<T>): Sink<T> {
  const settings = toKafkaSettings(options);
  const { topic, guarantee, transactionTimeoutMs } = settings;
  const name = `kafka:${typeof topic === 'string' ? topic : 'by row'}`;
  if (guarantee === 'at-least-once') {
    return { name, traits: { guarantee: 'repeats' }, open: (request) => openWriter(settings, request, undefined) };
  }
  const fences = new Fences(settings);
  return {
    name,
    traits: {
      guarantee: 'decides',
      transactionTimeoutMs,
      ...(guarantee === 'exactly-once' ? { needsCheckpoint: true as const } : {}),
    },
    decide: (request) => fences.decide(request),
    open: (request) => openWriter(settings, request, request.checkpointed ? fences : undefined),
  };
}

type Identity = Pick<SinkRequest, 'job' | 'signal'>;

/** Producers that have shut out their former selves, and wait for the job to open their sink. */
class Fences<T> {
  readonly #settings: ToKafkaSettings<T>;
  readonly #waiting = new Map<string, KafkaProducer>();

  constructor(settings: ToKafkaSettings<T>) {
    this.#settings = settings;
  }

  /** Fences, then asks. The producer that fenced is the one that writes: another one would shut it out again, and whoever had taken over in between. */
  async decide({ job, signal }: Identity): Promise<string | undefined> {
    const { driver } = this.#settings;
    const marker = this.#markerOf(job);
    await this.take(job)?.close();
    const producer = this.#producer(job);
    const lookup = driver.openLookup(where);
    try {
      await producer.open();
      const found = await lookup.committed(marker.groupId, marker.topic);
      this.#keep(job, producer, signal);
      return found.get(0)?.metadata;
    } catch (cause) {
      await producer.close();
      throw cause;
    } finally {
      await lookup.close();
    }
  }

  take(job: string): KafkaProducer | undefined {
    const producer = this.#waiting.get(job);
    this.#waiting.delete(job);
    return producer;
  }

  async open(job: string): Promise<KafkaProducer> {
    const waiting = this.take(job);
    if (waiting !== undefined) return waiting;
    const producer = this.#producer(job);
    await producer.open();
    return producer;
  }

  /** An attempt that ends before it has opened its sink leaves nothing behind. */
  #keep(job: string, producer: KafkaProducer, signal: AbortSignal): void {
    this.#waiting.set(job, producer);
    const leave = (): void => {
      if (this.#waiting.get(job) === producer) void this.take(job)?.close();
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
  }

  #producer(job: string): KafkaProducer {
    const { driver, compression, transactionTimeoutMs } = this.#settings;
    const transaction = { id: `millrace.${job}`, timeoutMs: transactionTimeoutMs, marker: this.#markerOf(job) };
    return driver.openProducer({ compression, transaction });
  }

  #markerOf(job: string): MarkerPlace {
    const { topic } = this.#settings;
    return { groupId: `millrace.${job}`, topic: typeof topic === 'string' ? topic : topicOfOffsets };
  }
}

async function openWriter<T>(
  settings: ToKafkaSettings<T>,
  request: SinkRequest,
  fences: Fences<T> | undefined,
): Promise<KafkaWriter<T>> {
  const { driver, topic, compression } = settings;
  const lookup = driver.openLookup(where);
  let producer: KafkaProducer | undefined = fences?.take(request.job);
  try {
    const maxMessageBytes = typeof topic === 'string' ? await messageBytes(lookup, topic) : undefined;
    if (fences === undefined) {
      producer = driver.openProducer({ compression });
      await producer.open();
    } else producer ??= await fences.open(request.job);
    return new KafkaWriter(settings, {
      producer,
      lookup,
      request,
      isTransactional: fences !== undefined,
      maxMessageBytes,
    });
  } catch (cause) {
    await producer?.close();
    await lookup.close();
    throw cause;
  }
}

/** Of a topic that must be there. */
async function messageBytes(lookup: KafkaLookup, topic: string): Promise<number | undefined> {
  await lookup.partitions(topic);
  return await lookup.maxMessageBytes(topic);
}
