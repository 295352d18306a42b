import { Bell } from '../../core/bell.ts';
import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';
import type { Piece } from '../../core/snapshot.ts';
import type { Call, CallFunction } from './call.ts';
import { Calls } from './calls.ts';
import { RecordsInLine } from './records-in-line.ts';

export interface MapAsyncRecipe {
  readonly fn: CallFunction;
  readonly concurrency: number;
  /** +Infinity: a call may take for ever. */
  readonly timeoutMs: number;
}

export function makeMapAsync(options: MapAsyncRecipe): Processor {
  return new MapAsyncProcessor(options);
}

/**
 * Records stand in line until their calls have answered; the first ones, as many as may be under way, have theirs. Each leaves
 * between two sweeps, by itself: what it makes steps behind fire goes before the next one.
 */
class MapAsyncProcessor extends Processor {
  readonly #recipe: MapAsyncRecipe;
  #line!: RecordsInLine;
  #calls!: Calls;
  #timed = false;
  #isCalling = false;
  /** The first in line has been asked to leave. */
  #isLeaving = false;
  #isFull = false;
  /** Rings when a record leaves. */
  readonly #left = new Bell();

  constructor(recipe: MapAsyncRecipe) {
    super();
    this.#recipe = recipe;
  }

  override open(): void {
    const { context } = this;
    this.#line = new RecordsInLine(this.keys!, context.held.share());
    this.#timed = context.isTimed(this);
    this.#calls = new Calls({
      ...this.#recipe,
      clock: context.clock,
      answered: () => this.#ask(),
      wakeAt: (at) => context.wakeAt(this, at),
    });
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const { context } = this;
    if (this.#line.size === 0) {
      const call = this.#calls.make(value);
      if (call.state !== 'waits') {
        this.#letOut(call, value, timestamp, key);
        return;
      }
      this.#calls.push(call);
    }
    this.counts.held++;
    this.#line.add(value, timestamp, key, context.slot, context.origin());
    this.#goOn();
    if (this.#isFull || !this.#hasEnough) return;
    // The sweep ends here, so that whoever runs the pipeline looks at `waiting` before the next record.
    this.#isFull = true;
    context.unfinished(this);
  }

  override fire(): 'done' {
    this.#isFull = false;
    return 'done';
  }

  override watermark(at: number): void {
    if (this.#line.size === 0) this.next.watermark(at);
    else this.#line.follow({ slot: this.#slot, at });
  }

  override idle(on: boolean): void {
    if (this.#line.size === 0) this.next.idle(on);
    else this.#line.follow({ slot: this.#slot, idle: on });
  }

  override onTime(now: number): void {
    this.#calls.expire(now);
    this.#ask();
  }

  override waiting(): Promise<void> | undefined {
    return this.#hasEnough ? this.#left.next : undefined;
  }

  override underWay(): Promise<void> | undefined {
    return this.#line.size === 0 ? undefined : this.#left.next;
  }

  override holding(): Promise<void> | undefined {
    return this.underWay();
  }

  override end(): void {
    this.#goOn();
  }

  override close(): void {
    this.#calls.leave();
    this.#left.ring();
  }

  override snapshot(): Iterable<Piece> {
    return this.#line.size === 0 ? [] : [this.#line.snapshot()];
  }

  /** Makes the calls again; what they answer comes out when the whole pipeline has been restored. */
  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) this.#line.restore(piece);
    this.counts.held = this.#line.size;
    this.counts.restored = this.#line.size;
    this.#makeCalls();
    void Promise.resolve().then(() => this.#ask());
  }

  /** Of records, or of their bytes: one may always be under way. */
  get #hasEnough(): boolean {
    const { size } = this.#line;
    return size >= this.#recipe.concurrency || (size > 0 && this.context.held.isFull);
  }

  /** Where the time is one for the whole stream, partitions mean nothing any more. */
  get #slot(): number {
    return this.#timed ? 0 : this.context.slot;
  }

  #goOn(): void {
    this.#makeCalls();
    this.#ask();
  }

  #makeCalls(): void {
    const [line, calls] = [this.#line, this.#calls];
    const most = Math.min(this.#recipe.concurrency, line.size);
    this.#isCalling = true;
    while (calls.size < most && !this.context.stopped) calls.push(calls.make(line.at(calls.size)));
    this.#isCalling = false;
    // The callback itself may have made the subscriber leave.
    if (this.context.stopped) calls.leave();
  }

  /** Asks for the first in line to leave, if its call has answered. */
  #ask(): void {
    if (this.#isLeaving || this.#isCalling || !this.#calls.isFirstAnswered) return;
    this.#isLeaving = true;
    this.context.betweenSweeps(this, this.#leave);
  }

  readonly #leave = (): void => {
    const { context } = this;
    this.#isLeaving = false;
    const call = this.#calls.shift();
    const behind = this.#line.take();
    const { value, timestamp, key, slot, origin } = this.#line;
    context.slot = slot;
    context.resume(origin);
    this.counts.held--;
    this.#left.ring();
    try {
      this.#letOut(call, value, timestamp, key);
    } finally {
      for (const signal of behind) {
        context.slot = signal.slot;
        if ('at' in signal) this.next.watermark(signal.at);
        else this.next.idle(signal.idle);
      }
    }
    this.#goOn();
  };

  #letOut({ state, result, rule }: Call, value: unknown, timestamp: number, key: Key): void {
    if (state === 'failed') {
      this.context.reject(this, value, timestamp, { kind: 'failed', rule, cause: result });
      return;
    }
    this.counts.passed++;
    this.next.record(result, timestamp, key);
  }
}
