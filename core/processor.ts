import type { Clock } from './clock.ts';
import type { Key, KeyTable } from './key.ts';
import type { HeldBudget } from './held-budget.ts';
import { Counts } from './ledger.ts';
import type { Fault, Origin, RejectionKind } from './rejection.ts';
import type { Piece } from './snapshot.ts';

/** What a step hands its output to: the next step, or the edge of the pipeline. */
export interface Receiver {
  /** `timestamp` is epoch ms, or NaN where the record has none. */
  record(value: unknown, timestamp: number, key: Key): void;
  /** No record with a timestamp at or before `at` is expected any more. Never goes back; +Infinity is the end of the input. */
  watermark(at: number): void;
  /** `true`: nothing comes from here for now, so nobody should wait for its watermark. */
  idle(on: boolean): void;
}

/** Why a step could not use a record. */
export interface Refusal extends Fault {
  readonly kind: RejectionKind;
  readonly cause?: unknown;
  readonly others?: readonly Fault[];
}

/** What the pipeline around a step offers it. */
export interface ProcessorContext {
  readonly clock: Clock;
  /** The subscriber is gone: whoever emits in a loop leaves it. */
  readonly stopped: boolean;
  /** The chain may be restored from a snapshot: what a step holds outside of its own is lost then. */
  readonly checkpointed: boolean;
  /** What all steps together hold back. */
  readonly held: HeldBudget;
  /** The source partition of the record or signal under way. A step that holds records keeps it, and sets it when it lets go. */
  slot: number;
  /** Where the record under way came from. */
  origin(): Origin | undefined;
  /**
   * What `origin` answers until the next record: for a step that lets go of what it held. From within a sweep it puts this,
   * and `slot`, back behind the last one.
   */
  resume(origin: Origin | undefined): void;
  /** Hands the record to the policy of the stream, and counts it. Throws under `fail`. */
  reject(step: Processor, value: unknown, timestamp: number, refusal: Refusal): void;
  /** The step could not fire all that was due: no record comes before its `fire` has said `done`. */
  unfinished(step: Processor): void;
  /** Calls the step's `onTime` when processing time has reached `at`. */
  wakeAt(step: Processor, at: number): void;
  /** Whether a step before this one gives the records their time; before it, signals speak of single source partitions. */
  isTimed(step: Processor): boolean;
  /** Whether an input before this step goes on for ever and speaks of now. */
  isLive(step: Processor): boolean;
  /** For how long the source of this partition has been asked in vain, in ms; +Infinity: somebody said that it is idle. */
  quietMs(slot: number): number;
  /**
   * Does something between two sweeps, as a sweep of its own: for a step whose outside call has answered. If it throws, that
   * ends the stream.
   */
  betweenSweeps(step: Processor, act: () => void): void;
  /** The step wants no more records; when all ways to an output are closed so, the input need not go on. */
  satisfied(step: Processor): void;
  /** Tells the user what no record shows. */
  warn(step: Processor, message: string): void;
  /** The step's watermark of one source partition has moved. */
  advanced(slot: number, watermark: number): void;
}

/** Rows that a step fires before it lets the event loop have a turn. */
export const fireBudget = 1_024;

/**
 * One step at work: a record comes in by a direct call, and goes on by a direct call to `next`, in the same sweep.
 *
 * A processor never awaits within a call, never asks the time of anybody but its context, and keeps its state in itself. It counts each
 * record's outcome before it emits. Between two sweeps its whole state is what `snapshot` says.
 */
export abstract class Processor implements Receiver {
  counts: Counts = new Counts();
  next: Receiver = nowhere;
  context: ProcessorContext = unopened;
  /** The keys of the nearest `keyBy` before this step; of one key only where there is none. */
  keys: KeyTable | undefined = undefined;

  abstract record(value: unknown, timestamp: number, key: Key): void;

  watermark(at: number): void {
    this.next.watermark(at);
  }

  idle(on: boolean): void {
    this.next.idle(on);
  }

  /** Where the records of input `index` go. Only a step that joins several inputs has more than itself. */
  port(_index: number, _inputs: number): Receiver {
    return this;
  }

  /** Goes on with what was due: at most `budget` rows. The watermark behind them, and `idle`, are passed on with the last. */
  fire(_budget: number): 'done' | 'more' {
    return 'done';
  }

  /** Processing time has reached a moment that the step asked for. */
  onTime(_now: number): void {}

  /** Of a step that has as many outside calls under way as it may: no record should come before this is kept. */
  waiting(): Promise<void> | undefined {
    return undefined;
  }

  /** Of a step that has outside calls under way: kept when one of them has answered. */
  underWay(): Promise<void> | undefined {
    return undefined;
  }

  /** All input has ended, and said so by a watermark of +Infinity. */
  end(): void {}

  /** Behind the end: of a step from which something has still to come, what to wait for. */
  holding(): Promise<void> | undefined {
    return undefined;
  }

  /** Once, when everything is linked and before the first record. */
  open(): void {}

  /** Once, at the end, after an error and when the subscriber leaves. */
  close(): void {}

  /** The state at the moment of the call as plain data. Pieces may be pulled later, while records go on: they do not change. */
  snapshot(): Iterable<Piece> {
    return [];
  }

  /** Takes up the state that `snapshot` gave, in a step that has seen no record. */
  restore(_pieces: Iterable<Piece>): void {}
}

const nowhere: Receiver = { record: () => {}, watermark: () => {}, idle: () => {} };

const unopened = new Proxy({} as ProcessorContext, {
  get: (_, name) => {
    throw new TypeError(`processor: \`context.${String(name)}\` was used before the pipeline was linked`);
  },
});
