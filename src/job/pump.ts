import { BatchSweep } from '../../core/batch-sweep.ts';
import type { Positions } from '../../core/batch.ts';
import type { Head } from '../../core/head.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { fireBudget } from '../../core/processor.ts';
import type { SourceReader } from '../../core/source.ts';
import { turn } from '../yielding.ts';
import { Lane } from './lane.ts';

/** How long a sweep may keep the event loop to itself. */
const sliceMs = 25;
/** Records between two looks at the clock. */
const sweepBudget = 256;

/** What a pump reads, and where it goes. */
export interface Intake {
  readonly head: Head;
  readonly reader: SourceReader<unknown>;
  /** Nobody knows when it will say something: others do not wait for it. */
  readonly live: boolean;
}

export interface PumpOptions {
  readonly pipeline: Pipeline;
  readonly intakes: readonly Intake[];
  readonly signal: AbortSignal;
  /** Asked after every slice: something to wait for while there is no room for more. */
  readonly credit: () => Promise<void> | undefined;
  /** Told before a wait for inputs of which nobody knows when they will speak. */
  readonly rest?: () => void;
}

/**
 * Pulls batches from the readers and pushes them through a pipeline, in slices that leave the event loop its turns. One
 * batch of each partition is held at most; of those at hand the one whose partition is furthest behind goes first.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #lanes: readonly Lane[];
  #sliceEnds: number = performance.now() + sliceMs;
  #woken = false;
  #wake = (): void => {};

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#lanes = options.intakes.map((intake) => new Lane(options.pipeline, intake));
  }

  /** Where each input stands: behind the records that have been swept. */
  get positions(): readonly Positions[] {
    return this.#lanes.map((lane) => lane.positions);
  }

  /** Something is due in the pipeline though no record came. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Answers when every input has ended and said so, or when the pipeline wants no more, or when it was stopped. */
  async run(): Promise<'ended' | 'stopped'> {
    while (!this.#done && this.#lanes.some((lane) => !lane.ended)) {
      for (const lane of this.#lanes) lane.ask();
      // An input that is sure to answer is waited for: only so the order of two files is the same each time.
      const first = this.#lanes.filter((lane) => lane.isAsked && (!lane.isOpen || !lane.intake.live));
      const sweeps = this.#lanes.flatMap((lane) => lane.sweeps);
      if (first.length > 0) await this.#wait(first);
      else if (sweeps.length === 0) await this.#wait(this.#lanes.filter((lane) => lane.isAsked));
      else await this.#sweep(sweeps);
      for (const lane of this.#lanes) {
        for (const signal of lane.take()) {
          signal();
          await this.settle();
        }
      }
    }
    return this.#options.signal.aborted || this.#options.pipeline.stopped ? 'stopped' : 'ended';
  }

  /** Behind the last record: all that the steps still hold comes out. */
  async end(): Promise<void> {
    const { pipeline, signal } = this.#options;
    for (const head of pipeline.over ? pipeline.heads : []) head.end();
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (let wait = pipeline.end(); wait !== undefined && !signal.aborted; wait = pipeline.end()) {
      await Promise.race([wait, stopped]);
      await this.settle();
    }
  }

  /** Fires what is due, in pieces. */
  async settle(): Promise<void> {
    const { pipeline } = this.#options;
    while (pipeline.interrupted && !pipeline.stopped) {
      await this.#pause();
      if (pipeline.fire(fireBudget) === 'done') return;
    }
  }

  get #done(): boolean {
    const { signal, pipeline } = this.#options;
    return signal.aborted || pipeline.stopped || pipeline.over;
  }

  async #wait(lanes: readonly Lane[]): Promise<void> {
    if (lanes.every((lane) => lane.intake.live)) this.#options.rest?.();
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    if (!this.#woken) await Promise.race([woken, ...lanes.map((lane) => lane.answer)]);
    this.#woken = false;
    await this.settle();
  }

  /** One slice of the batch whose partition's watermark is lowest, ties by name. */
  async #sweep(sweeps: readonly BatchSweep[]): Promise<void> {
    const sweep = sweeps.reduce((chosen, each) => (this.#isBefore(each, chosen) ? each : chosen));
    sweep.sweep(sweepBudget);
    await this.settle();
    // Steps with enough calls under way get no further record; their answers come in between.
    for (let calls = this.#options.pipeline.waiting(); calls !== undefined && !this.#done;) {
      await calls;
      await this.settle();
      calls = this.#options.pipeline.waiting();
    }
    await this.#pause();
  }

  #isBefore(a: BatchSweep, b: BatchSweep): boolean {
    const { slots } = this.#options.pipeline;
    const [mine, other] = [slots[a.slot]!, slots[b.slot]!];
    if (mine.watermark !== other.watermark) return mine.watermark < other.watermark;
    return (mine.partition ?? '') < (other.partition ?? '');
  }

  async #pause(): Promise<void> {
    const wait = this.#options.credit();
    if (wait !== undefined) await wait;
    if (performance.now() < this.#sliceEnds) return;
    await turn();
    this.#sliceEnds = performance.now() + sliceMs;
  }
}
