import { BatchSweep } from '../../core/batch-sweep.ts';
import type { Positions } from '../../core/batch.ts';
import { fireBudget } from '../../core/processor.ts';
import type { Head, Pipeline } from '../../core/pipeline.ts';
import type { SourceEvent, SourceReader } from '../../core/source.ts';
import { turn } from '../yielding.ts';

/** How long a sweep may keep the event loop to itself. */
const sliceMs = 25;
/** Records between two looks at the clock. */
const sweepBudget = 256;

/** What a pump reads, and where it goes. */
export interface Intake {
  readonly head: Head;
  readonly reader: SourceReader<unknown>;
}

export interface PumpOptions {
  readonly pipeline: Pipeline;
  readonly intakes: readonly Intake[];
  readonly signal: AbortSignal;
  /** Asked after every slice: something to wait for while there is no room for more. */
  readonly credit: () => Promise<void> | undefined;
}

/**
 * Pulls batches from the readers and pushes them through a pipeline, in slices that leave the event loop its turns. One
 * batch an input is held at most; of those at hand the one whose partition is furthest behind goes first.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #sweeps: (BatchSweep | undefined)[];
  /** Where each input stands: behind the records that have been swept. */
  readonly positions: Positions[];
  #sliceEnds = 0;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#sweeps = options.intakes.map(() => undefined);
    this.positions = options.intakes.map(() => ({}));
  }

  /** Answers when every input has ended and what was due has fired, or when it was stopped. */
  async run(): Promise<'ended' | 'stopped'> {
    const { intakes } = this.#options;
    const waiting = new Map<number, Promise<readonly [number, IteratorResult<SourceEvent<unknown>, undefined>]>>();
    const open = new Set(intakes.keys());
    this.#sliceEnds = performance.now() + sliceMs;
    while (open.size > 0 && !this.#stopped) {
      for (const index of open) {
        if (this.#sweeps[index] !== undefined || waiting.has(index)) continue;
        const next = intakes[index]!.reader.next().then((result) => [index, result] as const);
        // While another input is waited for, nobody else would catch what fails here.
        next.catch(() => {});
        waiting.set(index, next);
      }
      if (this.#sweeps.every((sweep) => sweep === undefined)) {
        const [index, result] = await Promise.race(waiting.values());
        waiting.delete(index);
        if (await this.#take(index, result)) open.delete(index);
      }
      await this.#sweepFurthestBehind();
    }
    return this.#stopped ? 'stopped' : 'ended';
  }

  get #stopped(): boolean {
    return this.#options.signal.aborted || this.#options.pipeline.stopped;
  }

  /** Answers whether the input has ended. */
  async #take(index: number, result: IteratorResult<SourceEvent<unknown>, undefined>): Promise<boolean> {
    const { intakes, pipeline } = this.#options;
    const { head } = intakes[index]!;
    if (result.done === true) {
      if (this.#stopped) return true;
      for (const slot of head.slots) {
        head.watermark(Number.POSITIVE_INFINITY, slot);
        await this.#settle();
      }
      return true;
    }
    const event = result.value;
    if (event.kind === 'batch') this.#sweeps[index] = new BatchSweep(pipeline, head, event.batch);
    else if (event.kind === 'opened') head.partition(event.partition);
    return false;
  }

  /** One slice of the batch whose partition's watermark is lowest, ties by name. */
  async #sweepFurthestBehind(): Promise<void> {
    const { pipeline } = this.#options;
    let chosen = -1;
    for (let index = 0; index < this.#sweeps.length; index++) {
      const sweep = this.#sweeps[index];
      if (sweep !== undefined && (chosen < 0 || this.#before(sweep, this.#sweeps[chosen]!))) chosen = index;
    }
    const sweep = this.#sweeps[chosen];
    if (sweep === undefined) return;
    const done = sweep.sweep(sweepBudget) === 'done';
    if (pipeline.interrupted) await this.#settle();
    if (done) {
      this.#sweeps[chosen] = undefined;
      const { partition, records } = sweep.batch;
      this.positions[chosen] = { ...this.positions[chosen], [partition]: sweep.batch.positionAfter(records.length) };
    }
    await this.#pause();
  }

  #before(a: BatchSweep, b: BatchSweep): boolean {
    const { slots } = this.#options.pipeline;
    const [mine, other] = [slots[a.slot]!, slots[b.slot]!];
    return mine.watermark < other.watermark || (mine.watermark === other.watermark && mine.partition < other.partition);
  }

  /** Fires what is due, in pieces. */
  async #settle(): Promise<void> {
    const { pipeline } = this.#options;
    while (pipeline.interrupted && !this.#stopped) {
      await this.#pause();
      pipeline.fire(fireBudget);
    }
  }

  async #pause(): Promise<void> {
    const wait = this.#options.credit();
    if (wait !== undefined) await wait;
    if (performance.now() < this.#sliceEnds) return;
    await turn();
    this.#sliceEnds = performance.now() + sliceMs;
  }
}
