import type { Clock } from '../../core/clock.ts';
import { ArgumentError, StreamError } from '../../core/errors.ts';
import { callback } from '../../core/guards.ts';
import { type Layout, layOut } from '../../core/layout.ts';
import type { StepLedger } from '../../core/ledger.ts';
import { Pipeline } from '../../core/pipeline.ts';
import { applyPolicy } from '../../core/reject-policy.ts';
import type { Rejection } from '../../core/rejection.ts';
import { plainSnapshot } from '../../core/plain-snapshot.ts';
import type { PipelineSnapshot } from '../../core/snapshot.ts';
import { Silence } from '../../core/silence.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { linkOfStream, Stream } from '../stream.ts';
import { ManualClock } from './manual-clock.ts';

export interface DriveOptions {
  /** Known from the start: one that has not spoken yet holds the watermark at -Infinity. Others join when they first speak. Default `['0']`. */
  readonly partitions?: readonly string[];
}

export interface PushOptions {
  /** Epoch ms. Default: none, until the chain's `eventTime` gives it one. */
  readonly timestamp?: number;
  /** Default `'0'`. */
  readonly partition?: string;
}

/** A chain in your hand. Everything happens within the call, but for what waits for a Promise. */
export interface Driver<In, Out> {
  /** Under the policy `fail` it throws the `DataError`. */
  push(value: In, at?: PushOptions): this;
  /** Sets this partition's watermark; it never goes back, and the generator of `eventTime` goes on beside it. */
  watermark(at: number, partition?: string): this;
  /** Takes this partition out of the minimum until it speaks again, also where the chain sets no `idleAfter`. */
  idle(partition?: string): this;
  /**
   * Moves processing time (it starts at 0) to this epoch ms, firing what is due. Partitions are being asked all the time: where the chain sets `idleAfter`, those that
   * say nothing become idle. A restore starts the count anew.
   */
  advanceTo(processingTime: number): this;
  /** Ends the input: the watermark goes to +Infinity. */
  end(): this;
  /** Plain data (survives `structuredClone`); a fresh driver over the same chain goes on from it. */
  snapshot(): unknown;
  restore(snapshot: unknown): this;
  /** Rows emitted since the last call, in order. */
  take(): Out[];
  /** All rejections since the last call, whatever the policy. */
  takeRejections(): Rejection[];
  /** The merged watermark as the last step sees it; `-Infinity` before the first. */
  readonly currentWatermark: number;
  readonly ledger: readonly StepLedger[];
}

/**
 * Drives a chain by hand, synchronously: records, watermarks, processing time, snapshot and restore; then look at what came out.
 *
 * - **Clock** starts at 0 and moves only by `advanceTo`.
 * - **Fails** by throwing from the call that made it fail; what fails later, when an outside call has answered, from the next one.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `build` does not answer a stream made from its input, or the chain is wrong.
 */
export function drive<In, Out>(
  build: (input: Stream<In>) => Stream<Out, unknown>,
  options: DriveOptions = {},
): Driver<In, Out> {
  callback('drive', 'build', build);
  const input = new Stream<In>({ kind: 'input', name: 'input', timestamps: true, input: { kind: 'list', list: [] } });
  const end = linkOfStream(build(input));
  if (end === undefined) throw new ArgumentError('drive', 'build', 'a function that answers a stream', end);
  const layout = layOut([end], timestampsAsTheyAre);
  if (layout.inputs.length !== 1) {
    throw new ArgumentError(
      'drive',
      'build',
      'a chain over the one input it is given',
      `${layout.inputs.length} inputs`,
    );
  }
  return new ManualDriver<In, Out>(layout, options.partitions ?? ['0']);
}

interface DriverSnapshot {
  readonly now: number;
  readonly currentWatermark: number;
  readonly pipeline: PipelineSnapshot;
}

class ManualDriver<In, Out> implements Driver<In, Out> {
  currentWatermark: number = Number.NEGATIVE_INFINITY;
  readonly #clock = new ManualClock();
  readonly #rows: Out[] = [];
  readonly #rejections: Rejection[] = [];
  readonly #pipeline: Pipeline;
  /** By slot. */
  #silences: Silence[] = [];
  /** Calls of ours that have not returned. */
  #calls = 0;
  /** Of something that failed while there was none. */
  #failure: { readonly cause: unknown } | undefined;

  constructor(layout: Layout, partitions: readonly string[]) {
    this.#pipeline = this.#link(layout, this.#clock);
    for (const partition of partitions) this.#slotOf(partition);
  }

  push(value: In, { timestamp = Number.NaN, partition = '0' }: PushOptions = {}): this {
    return this.#act(() => {
      const slot = this.#slotOf(partition);
      this.#silences[slot]?.broken();
      this.#head.idle(false, slot);
      this.#head.push(value, timestamp, slot);
    });
  }

  watermark(at: number, partition = '0'): this {
    if (typeof at !== 'number' || Number.isNaN(at)) throw new ArgumentError('watermark', 'at', 'a number', at);
    return this.#act(() => this.#head.watermark(at, this.#slotOf(partition)));
  }

  idle(partition = '0'): this {
    return this.#act(() => this.#head.idle(true, this.#slotOf(partition)));
  }

  advanceTo(processingTime: number): this {
    return this.#act(() => this.#clock.advanceTo(processingTime));
  }

  end(): this {
    return this.#act(() => {
      for (const silence of this.#silences) silence.close();
      this.#head.end();
      // What waits for a Promise comes when it comes: nothing here waits.
      this.#pipeline.endThen(() => {});
    });
  }

  snapshot(): unknown {
    const snapshot: DriverSnapshot = {
      now: this.#clock.now(),
      currentWatermark: this.currentWatermark,
      pipeline: plainSnapshot(this.#pipeline.snapshot()),
    };
    return structuredClone(snapshot);
  }

  restore(snapshot: unknown): this {
    return this.#act(() => this.#restore(snapshot));
  }

  #restore(snapshot: unknown): void {
    const { now, currentWatermark, pipeline } = structuredClone(snapshot) as DriverSnapshot;
    if (pipeline === undefined) throw new StreamError('ML_SNAPSHOT', 'restore: this is no snapshot of a driver');
    for (const silence of this.#silences) silence.close();
    this.#clock.advanceTo(now);
    this.#pipeline.restore(pipeline);
    this.#silences = [];
    this.#pipeline.slots.forEach(({ partition }, slot) => {
      if (partition !== undefined) this.#measure(slot);
    });
    this.currentWatermark = currentWatermark;
  }

  take(): Out[] {
    this.#act(() => {});
    return this.#rows.splice(0);
  }

  takeRejections(): Rejection[] {
    return this.#rejections.splice(0);
  }

  get ledger(): readonly StepLedger[] {
    return this.#pipeline.ledger;
  }

  /** Throws what has failed since the last call, too: the answer of an outside call comes while nobody calls. */
  #act(act: () => void): this {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.cause;
    this.#calls++;
    try {
      act();
    } finally {
      this.#calls--;
    }
    return this;
  }

  get #head(): Pipeline['heads'][number] {
    return this.#pipeline.heads[0]!;
  }

  #slotOf(partition: string): number {
    const slot = this.#head.partition(partition);
    if (this.#silences[slot] === undefined) this.#measure(slot);
    return slot;
  }

  #measure(slot: number): void {
    const idleAfter = this.#pipeline.idleAfter(this.#head);
    this.#silences[slot] = new Silence(this.#clock, idleAfter, (isSilent, forMs) =>
      this.#head.idle(isSilent, slot, forMs),
    );
  }

  #link({ plan, policies }: Layout, clock: Clock): Pipeline {
    return new Pipeline(plan, {
      clock,
      outlets: [
        {
          next: (row) => void this.#rows.push(row as Out),
          watermark: (at) => {
            this.currentWatermark = at;
          },
        },
      ],
      reject: (node, rejection) => {
        this.#rejections.push(rejection);
        applyPolicy(policies[node], rejection);
      },
      fail: (cause) => {
        if (this.#calls > 0) throw cause;
        this.#failure ??= { cause };
      },
    });
  }
}
