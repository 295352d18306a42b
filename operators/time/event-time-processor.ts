import { durationText } from '../../core/duration.ts';
import { furthestMs } from '../../core/instants.ts';
import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { Watermarks } from '../../core/watermarks.ts';

export interface EventTimeRecipe {
  /** A field, a function, or nothing: the record's own timestamp. */
  readonly time: string | ((value: never) => number) | undefined;
  readonly outOfOrdernessMs: number;
  /** +Infinity: a silent partition holds the watermark back for ever. */
  readonly idleAfterMs: number;
  /** +Infinity: no record is too far ahead. Nothing: that is so unless the input is live. */
  readonly maxAheadMs: number | undefined;
}

const refused = Symbol('refused');

/** What `maxAhead` is on inputs that speak of now. */
const liveMaxAheadMs = 86_400_000;

export function makeEventTime(options: EventTimeRecipe): EventTimeProcessor {
  return new EventTimeProcessor(options);
}

/** Gives each record its event time, and says after each record how far time has come: the smallest over the partitions. */
class EventTimeProcessor extends Processor {
  readonly #field: string;
  readonly #isField: boolean;
  readonly #timeOf: ((value: never) => unknown) | undefined;
  readonly #own: boolean;
  readonly #delayMs: number;
  readonly #idleAfterMs: number;
  #maxAheadMs: number;
  /** Nothing up to here is too far ahead, as the clock stood when it was last asked. */
  #latest: number;
  /** Of each partition: the newest timestamp that moved its watermark. */
  readonly #newest: number[] = [Number.NEGATIVE_INFINITY];
  readonly #watermarks = new Watermarks();
  /** Behind another step that gives the time there are no partitions any more. */
  #merged = false;

  constructor({ time, outOfOrdernessMs, idleAfterMs, maxAheadMs }: EventTimeRecipe) {
    super();
    this.#field = typeof time === 'string' ? time : '';
    this.#isField = typeof time === 'string';
    this.#timeOf = typeof time === 'function' ? time : undefined;
    this.#own = time === undefined;
    // A watermark w promises that no record with a timestamp <= w will come: one equal to the newest may still.
    this.#delayMs = outOfOrdernessMs + 1;
    this.#idleAfterMs = idleAfterMs;
    this.#maxAheadMs = maxAheadMs ?? Number.NaN;
    this.#latest = Number.NEGATIVE_INFINITY;
  }

  override open(): void {
    this.#merged = this.context.isTimed(this);
    if (Number.isNaN(this.#maxAheadMs)) {
      this.#maxAheadMs = this.context.isLive(this) ? liveMaxAheadMs : Number.POSITIVE_INFINITY;
    }
    if (this.#maxAheadMs === Number.POSITIVE_INFINITY) this.#latest = furthestMs;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    // The usual case by itself, and not by `?.`: where `undefined` may come in, every number is made an object on Node 20.
    if (this.#isField && value !== null && value !== undefined) {
      const at = (value as Row)[this.#field];
      // What `Date` cannot hold, or is later than anything that the clock has let pass, is looked at more closely.
      if (typeof at === 'number' && at <= this.#latest && at >= -furthestMs) {
        this.#pass(value, at, key);
        return;
      }
    }
    this.#timed(value, this.#timeOfRecord(value, timestamp), key);
  }

  #pass(value: unknown, at: number, key: Key): void {
    this.counts.passed++;
    const slot = this.#merged ? 0 : this.context.slot;
    this.next.record(value, at, key);
    if (!(at <= (this.#newest[slot] as number))) this.#advance(slot, at);
  }

  /** A symbol where the user's function has thrown: the record has been rejected then. */
  #timeOfRecord(value: unknown, timestamp: number): unknown {
    if (this.#own) return timestamp;
    if (this.#timeOf === undefined) return (value as Row | null | undefined)?.[this.#field];
    try {
      return this.#timeOf(value as never);
    } catch (cause: unknown) {
      this.context.reject(this, value, timestamp, { kind: 'failed', rule: 'no error from the callback', cause });
      return refused;
    }
  }

  #timed(value: unknown, given: unknown, key: Key): void {
    if (given === refused) return;
    const at = typeof given === 'number' ? given : given instanceof Date ? given.getTime() : Number.NaN;
    // No number, or beyond `Date`: a window would refuse the record, behind a watermark that it had moved to the end of time.
    if (!(Math.abs(at) <= furthestMs)) this.#untimed(value, at, key);
    else if (at > this.#latest && this.#isAhead(at)) {
      const rule = `timestamp <= now + ${durationText(this.#maxAheadMs)}`;
      this.context.reject(this, value, at, { kind: 'ahead', ...this.#named(), rule, received: at });
    } else this.#pass(value, at, key);
  }

  /** The time that records had before does not count any more, but that it has ended does. */
  override watermark(at: number): void {
    if (!this.#merged) this.#move(this.context.slot, at);
    else if (at === Number.POSITIVE_INFINITY) this.#move(0, at);
  }

  override idle(on: boolean): void {
    const slot = this.#merged ? 0 : this.context.slot;
    // Every partition is announced so. A comparison that meets `undefined` once is a call for ever.
    while (this.#newest.length <= slot) this.#newest.push(Number.NEGATIVE_INFINITY);
    // How long is too long every step that gives the time says for itself.
    if (on && !this.#merged && !(this.context.quietMs(slot) >= this.#idleAfterMs)) return;
    const wereIdle = this.#watermarks.allIdle;
    if (this.#watermarks.idle(slot, on)) this.next.watermark(this.#watermarks.merged);
    if (this.#watermarks.allIdle !== wereIdle) this.next.idle(on);
  }

  override snapshot(): Iterable<Piece> {
    return [{ newest: [...this.#newest], watermarks: this.#watermarks.snapshot() }];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const { newest, watermarks } of pieces) {
      (newest as number[]).forEach((at, slot) => (this.#newest[slot] = at));
      this.#watermarks.restore(watermarks as ReturnType<Watermarks['snapshot']>);
    }
  }

  /** The clock is asked only beyond what it has let pass before. */
  #isAhead(at: number): boolean {
    this.#latest = Math.min(furthestMs, this.context.clock.now() + this.#maxAheadMs);
    return at > this.#latest;
  }

  #advance(slot: number, at: number): void {
    this.#newest[slot] = at;
    this.#move(slot, at - this.#delayMs);
  }

  #move(slot: number, at: number): void {
    const moved = this.#watermarks.advance(slot, at);
    if (!this.#merged) this.context.advanced(slot, this.#watermarks.of(slot));
    if (moved) this.next.watermark(this.#watermarks.merged);
  }

  /** Without an `eventTime` of the user's the record goes on as it came: a step that needs a time will refuse it. */
  #untimed(value: unknown, at: number, key: Key): void {
    if (this.#own && Number.isNaN(at)) {
      this.counts.passed++;
      this.next.record(value, at, key);
      return;
    }
    const received = this.#field === '' ? at : (value as Row | null | undefined)?.[this.#field];
    this.context.reject(this, value, Number.NaN, {
      kind: 'invalid',
      ...this.#named(),
      rule: 'a timestamp (epoch ms or a Date)',
      received,
    });
  }

  #named(): { readonly field?: string } {
    return this.#field === '' ? {} : { field: this.#field };
  }
}
