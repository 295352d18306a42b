import type { Subscriber } from 'rxjs';
import type { Batch, Unreadable } from '../core/batch.ts';
import type { Clock } from '../core/clock.ts';
import { applyPolicy, type policies } from '../core/reject-policy.ts';
import type { Source, SourceNotice, SourceReader } from '../core/source.ts';
import { refusalOf } from '../core/unreadable.ts';
import { Coalesced } from './coalesced.ts';
import type { Delivery } from './deliveries.ts';
import { InFlight } from './in-flight.ts';

export interface DeliveringOptions<T> {
  readonly source: Source<T>;
  readonly policies: ReturnType<typeof policies>;
  readonly drainWithinMs: number;
  readonly clock: Clock;
  /** Kept when nobody holds the source any more. */
  readonly free: Promise<unknown>;
}

/** How many records may be given out where the source does not say. */
const defaultInFlight = 1_000;

/** One subscription to deliveries: reads, gives out, and commits what comes back. */
export class Delivering<T> {
  readonly #options: DeliveringOptions<T>;
  readonly #subscriber: Subscriber<Delivery<T>>;
  readonly #limit: number;
  readonly #stopping = new AbortController();
  readonly #commits = new Coalesced(() => this.#commit());
  readonly #inFlight = new InFlight<T>(() => {
    // Nothing is committed behind the end: it comes again.
    if (this.#reader !== undefined) this.#commits.soon().catch((cause: unknown) => this.#fail(cause));
  });
  #reader: SourceReader<T> | undefined;
  /** The subscriber knows how it ended, or has left and has had its time. */
  #isOver = false;

  constructor(subscriber: Subscriber<Delivery<T>>, options: DeliveringOptions<T>) {
    this.#subscriber = subscriber;
    this.#options = options;
    this.#limit = options.source.traits.inFlight ?? defaultInFlight;
  }

  /** Reads to the end, and tells the subscriber how that was. */
  async read(): Promise<void> {
    const { source, clock, free } = this.#options;
    const { signal } = this.#stopping;
    try {
      await free;
      if (signal.aborted) return;
      const notice = (told: SourceNotice): void => this.#notice(told);
      this.#reader = source.open({ job: 'deliveries', positions: {}, fields: 'all', signal, clock, notice });
      await this.#giveAll(this.#reader);
      while (this.#inFlight.count > 0 && !signal.aborted) await this.#inFlight.changed.next;
      await this.#commits.underWay;
      this.#over(() => this.#subscriber.complete());
    } catch (cause: unknown) {
      this.#fail(cause);
    }
  }

  /** The subscriber is gone. If the stream had not ended, what is in flight may still be acknowledged for a while. */
  async leave(): Promise<void> {
    this.#stopping.abort();
    this.#inFlight.changed.ring();
    if (!this.#isOver && this.#options.drainWithinMs > 0) await this.#drain();
    this.#isOver = true;
    // Nobody is there to be told of a failure: what is not committed comes again.
    await this.#commits.soon().catch(() => {});
    await this.#reader?.close().catch(() => {});
    this.#reader = undefined;
  }

  async #giveAll(reader: SourceReader<T>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#untilRoom();
      const { done, value } = await reader.next();
      if (done === true) return;
      if (value.kind === 'batch') await this.#give(value.batch);
    }
  }

  async #give(batch: Batch<T>): Promise<void> {
    const giving = this.#inFlight.begin(batch);
    const { partition, given, records } = giving;
    const { unreadable = [] } = batch;
    let told = 0;
    for (let index = 0; index <= records.length; index++) {
      for (let next = unreadable[told]; next !== undefined && next.before <= index; next = unreadable[told]) {
        this.#reject(next);
        given.tell();
        told++;
      }
      if (index === records.length) break;
      if (this.#inFlight.count >= this.#limit) await this.#untilRoom();
      if (this.#stopping.signal.aborted || partition.isGone) return;
      this.#subscriber.next(this.#inFlight.give(giving, index));
    }
    // What could not be read may be all that was missing.
    this.#inFlight.advance(partition);
  }

  async #untilRoom(): Promise<void> {
    while (this.#inFlight.count >= this.#limit && !this.#stopping.signal.aborted) await this.#inFlight.changed.next;
  }

  /** What the source could not read is done with when the policy has seen it; under `fail` it ends the stream. */
  #reject(unreadable: Unreadable): void {
    const { value, origin } = unreadable;
    const { source, policies: policyOf } = this.#options;
    applyPolicy(policyOf, {
      ...refusalOf(unreadable),
      value,
      operator: source.name,
      ...(origin === undefined ? {} : { origin }),
    });
  }

  async #commit(): Promise<void> {
    const positions = this.#inFlight.take();
    if (Object.keys(positions).length > 0) await this.#reader?.commit(positions);
  }

  #notice(notice: SourceNotice): void {
    if (notice.kind === 'lost') this.#inFlight.forget(notice.partitions);
    else if (notice.kind === 'release') {
      this.#release(notice.partitions).catch((cause: unknown) => this.#fail(cause));
    }
  }

  /** What is still in flight of them comes again, wherever they are read next. */
  async #release(partitions: readonly string[]): Promise<void> {
    this.#inFlight.halt(partitions);
    await this.#commits.soon();
    this.#inFlight.forget(partitions);
    await this.#reader?.release?.(partitions);
  }

  async #drain(): Promise<void> {
    const { clock, drainWithinMs } = this.#options;
    const { changed } = this.#inFlight;
    const cancel = clock.wakeAt(clock.now() + drainWithinMs, () => {
      this.#isOver = true;
      changed.ring();
    });
    while (this.#inFlight.count > 0 && !this.#isOver) await changed.next;
    cancel();
  }

  #fail(cause: unknown): void {
    this.#over(() => this.#subscriber.error(cause));
  }

  #over(tell: () => void): void {
    if (this.#isOver || this.#stopping.signal.aborted) return;
    this.#isOver = true;
    tell();
  }
}
