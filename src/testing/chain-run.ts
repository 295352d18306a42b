import { from, type SchedulerLike, Subscription } from 'rxjs';
import type { Head } from '../../core/head.ts';
import { type Layout, layOut, type Link } from '../../core/layout.ts';
import { balances, type StepLedger } from '../../core/ledger.ts';
import { Pipeline } from '../../core/pipeline.ts';
import type { Clock } from '../../core/clock.ts';
import { applyPolicy } from '../../core/reject-policy.ts';
import type { Rejection } from '../../core/rejection.ts';
import { Silence } from '../../core/silence.ts';
import { plainSnapshot } from '../../core/plain-snapshot.ts';
import type { PipelineSnapshot } from '../../core/snapshot.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import type { Input } from '../input.ts';
import type { Mark } from './comparison.ts';
import { FrameClock } from './frame-clock.ts';
import { MarbleSource, sourceFailure } from './marble-source.ts';
import { partitionsOf, type PlayedPartition } from './played-partition.ts';
import { isCheckpointed, refuseWhatCannotCrash } from './replayable.ts';

/** What a checkpoint holds: the state, and for each partition how many of its marbles are done. */
interface Checkpoint {
  readonly snapshot: PipelineSnapshot | undefined;
  readonly positions: readonly number[];
}

/** One chain in virtual time, from its first frame on: all that an expectation may ask about. */
export class ChainRun {
  readonly rows: Mark[] = [];
  readonly rejections: Mark[] = [];
  /** The first line of a ledger that did not balance. */
  imbalance: { readonly frame: number; readonly line: StepLedger } | undefined;
  /** It has ended, but for a step that waits for something outside of virtual time. */
  waits = false;
  readonly #layout: Layout;
  readonly #scheduler: SchedulerLike;
  readonly #partitions: readonly PlayedPartition[];
  readonly #isCheckpointed: boolean;
  /** Observables that are pushed into their heads, and are still open. */
  readonly #pushing = new Set<number>();
  readonly #subscriptions = new Subscription();
  #clock!: FrameClock;
  /** Of each slot: for how long its partition has said nothing. */
  #silences: Silence[] = [];
  #pipeline!: Pipeline;
  #saved: Checkpoint;
  #over = false;

  constructor(link: Link, scheduler: SchedulerLike) {
    this.#layout = layOut([link], timestampsAsTheyAre);
    this.#scheduler = scheduler;
    this.#partitions = this.#layout.inputs.flatMap(({ input }, head) => partitionsOf(input as Input, head));
    this.#saved = { snapshot: undefined, positions: this.#partitions.map(() => 0) };
    this.#isCheckpointed = isCheckpointed(this.#partitions);
    if (this.#isCheckpointed) refuseWhatCannotCrash(this.#layout, this.#partitions);
  }

  /** Called at its first frame. */
  start(): void {
    this.#clock = new FrameClock(this.#scheduler, () => this.#act(() => {}));
    this.#link();
    const frames = new Set(this.#partitions.flatMap(({ marbles }) => marbles.map(({ frame }) => frame)));
    for (const frame of frames) this.#at(frame, () => this.#play());
    this.#layout.inputs.forEach(({ input }, index) => this.#subscribe(input as Input, index));
  }

  #link(): void {
    const { plan, sinks } = this.#layout;
    const outlet = {
      next: (value: unknown) => void this.rows.push({ frame: this.#clock.frame, kind: 'value', value }),
      // A foreign operator that has completed tells so by this.
      watermark: () => {
        if (this.waits) this.#at(this.#clock.frame, () => this.#end());
      },
    };
    this.#pipeline = new Pipeline(plan, {
      clock: this.#clock,
      outlets: sinks.map((sink) => (sink === undefined ? outlet : { next: () => {} })),
      reject: (node, rejection) => this.#reject(node, rejection),
      fail: (cause) => this.#fail(cause),
      ...(this.#isCheckpointed ? { checkpointed: true } : {}),
      // The answer of an outside call may be the last row that anybody wants.
      wake: () => void this.#at(this.#clock.frame, () => {}),
    });
    const { snapshot } = this.#saved;
    if (snapshot !== undefined) this.#pipeline.restore(structuredClone(snapshot));
    this.#silences = [];
    for (const partition of this.#partitions) partition.slot = this.#join(this.#headOf(partition), partition.name);
  }

  /** The slot of a partition, whose silence counts from now on. */
  #join(head: Head, partition: string): number {
    const slot = head.partition(partition);
    const tell = (isSilent: boolean, forMs: number): void => head.idle(isSilent, slot, forMs);
    this.#silences[slot] = new Silence(this.#lastInFrame, this.#pipeline.idleAfter(head), tell);
    return slot;
  }

  /** A clock that wakes behind what the sources say in that frame: a record that comes then has broken the silence. */
  get #lastInFrame(): Clock {
    const wakeAt: Clock['wakeAt'] = (at, wake) => {
      const waking = this.#at(at, () => {
        this.#play();
        if (!waking.closed) wake();
      });
      return () => waking.unsubscribe();
    };
    return { now: () => this.#clock.frame, wakeAt };
  }

  /** All marbles that are there by now: of the partitions that have some, the one whose time is furthest behind goes first. */
  #play(): void {
    while (!this.#over) {
      const ready = this.#partitions.filter((partition) => partition.isReady(this.#clock.frame));
      const [first] = ready;
      if (first === undefined) return;
      this.#playOne(ready.reduce((chosen, each) => (this.#isBefore(each, chosen) ? each : chosen), first));
      if (this.#pipeline.over) this.#endEarly();
    }
  }

  #playOne(partition: PlayedPartition): void {
    const marble = partition.take();
    if (marble === undefined) return;
    const head = this.#headOf(partition);
    const { slot } = partition;
    if (marble.kind === 'record' || marble.kind === 'watermark') this.#silences[slot]?.broken();
    if (marble.kind === 'record') head.push(marble.value, Number.NaN, slot);
    else if (marble.kind === 'watermark') head.watermark(marble.at, slot);
    else if (marble.kind === 'end') this.#ended(head, slot);
    else if (marble.kind === 'fail') throw sourceFailure();
    else if (marble.kind === 'checkpoint') this.#save();
    else this.#crash();
  }

  #save(): void {
    const snapshot = structuredClone(plainSnapshot(this.#pipeline.snapshot()));
    this.#saved = { snapshot, positions: this.#partitions.map(({ done }) => done) };
  }

  /** The process dies; the next one takes up the checkpoint, wakes whoever is due, and reads on from there. */
  #crash(): void {
    this.#pipeline.close();
    for (const silence of this.#silences) silence.close();
    this.waits = false;
    this.#partitions.forEach((partition, index) => partition.goBack(this.#saved.positions[index] as number));
    this.#link();
    this.#clock.catchUp();
  }

  #ended(head: Head, slot: number): void {
    this.#silences[slot]?.close();
    head.watermark(Number.POSITIVE_INFINITY, slot);
    if (this.#pushing.size === 0 && this.#partitions.every(({ isEnded }) => isEnded)) this.#end();
  }

  /** A step wants no more, as `take` does. */
  #endEarly(): void {
    if (this.waits || this.#over) return;
    for (const head of this.#pipeline.heads) head.end();
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.waits = this.#pipeline.end() !== undefined;
    if (!this.waits) this.#finish({ frame: this.#clock.frame, kind: 'end' });
  }

  #fail(value: unknown): void {
    this.#finish({ frame: this.#clock.frame, kind: 'error', value });
  }

  #finish(mark: Mark): void {
    if (this.#over) return;
    this.#over = true;
    this.waits = false;
    this.rows.push(mark);
    this.#checkLedger();
    this.#subscriptions.unsubscribe();
    this.#pipeline.close();
  }

  #reject(node: number, rejection: Rejection): void {
    this.rejections.push({ frame: this.#clock.frame, kind: 'value', value: rejection });
    applyPolicy(this.#layout.policies[node], rejection);
  }

  #subscribe(input: Input, index: number): void {
    if (input.kind !== 'push' || input.observable instanceof MarbleSource) return;
    this.#pushing.add(index);
    // Where an Observable is pushed there is no crash: the head stays the same.
    const head = this.#pipeline.heads[index]!;
    const slot = this.#join(head, '0');
    const subscription = from(input.observable).subscribe({
      next: (value) =>
        this.#act(() => {
          this.#silences[slot]?.broken();
          head.push(value, Number.NaN, slot);
        }),
      error: (cause: unknown) => this.#act(() => this.#fail(cause)),
      complete: () =>
        this.#act(() => {
          this.#pushing.delete(index);
          this.#ended(head, slot);
        }),
    });
    this.#subscriptions.add(subscription);
  }

  #at(frame: number, act: () => void): Subscription {
    const waiting = this.#scheduler.schedule(() => this.#act(act), frame - this.#clock.frame);
    this.#subscriptions.add(waiting);
    return waiting;
  }

  /** Everything that happens, happens in here: behind what was due, and with a look at the ledger behind it. */
  #act(act: () => void): void {
    if (this.#over) return;
    try {
      this.#clock.catchUp();
      act();
      if (this.#pipeline.over) this.#endEarly();
      this.#checkLedger();
    } catch (cause: unknown) {
      this.#fail(cause);
    }
  }

  #checkLedger(): void {
    if (this.imbalance !== undefined) return;
    const line = this.#pipeline.ledger.find((each) => !balances(each));
    if (line !== undefined) this.imbalance = { frame: this.#clock.frame, line };
  }

  #isBefore(one: PlayedPartition, other: PlayedPartition): boolean {
    const { slots } = this.#pipeline;
    const [mine, others] = [slots[one.slot]!.watermark, slots[other.slot]!.watermark];
    return mine === others ? one.name < other.name : mine < others;
  }

  #headOf({ head }: PlayedPartition): Head {
    return this.#pipeline.heads[head]!;
  }
}
