import { BatchSweep } from '../../core/batch-sweep.ts';
import type { Positions } from '../../core/batch.ts';
import type { Head } from '../../core/head.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { fireBudget } from '../../core/processor.ts';
import type { SourceReader } from '../../core/source.ts';
import { turn } from '../yielding.ts';
import { Lane } from './lane.ts';
import { Slice } from './slice.ts';

/** What a pump reads, and where it goes. */
export interface Intake {
  readonly head: Head;
  readonly reader: SourceReader<unknown>;
  /** Where it was told to begin: there it stands until it has opened. Default: nowhere. */
  readonly positions?: Positions;
  /** Nobody knows when it will say something: others do not wait for it. */
  readonly live: boolean;
}

export interface PumpOptions {
  readonly pipeline: Pipeline;
  readonly intakes: readonly Intake[];
  readonly signal: AbortSignal;
  /** Asked after every slice: something to wait for while there is no room for more. */
  readonly credit: () => Promise<unknown> | undefined;
  /** Records after which it has to be asked. Default 1,024. */
  readonly creditEvery?: number;
  /** Asked whenever every input is open and no step unfinished, before a record: something to wait for. A cut may be taken within the call. */
  readonly between?: () => Promise<unknown> | undefined;
  /** What the end of an input does: `keep` leaves open whatever waits for time to go on. Default `fire`. */
  readonly atEnd?: 'fire' | 'keep';
  /** Told for how long the event loop had no turn. */
  readonly paused?: (ms: number) => void;
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
  readonly #slice: Slice;
  /** Grows with everything that an input has brought. */
  activity = 0;
  #woken = false;
  #wake = (): void => {};

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#slice = new Slice(options.creditEvery);
    this.#lanes = options.intakes.map((intake) => new Lane(options.pipeline, intake, options.atEnd ?? 'fire'));
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
      await this.#between();
      if (this.#done) break;
      for (const lane of this.#lanes) lane.ask();
      // An input that is sure to answer is waited for: only so the order of two files is the same each time.
      const first = this.#lanes.filter((lane) => lane.isAsked && (!lane.isOpen || !lane.intake.live));
      const sweeps = this.#lanes.flatMap((lane) => lane.sweeps);
      // Somebody may have woken this one just before an answer came: it is there to be taken, and no other is on its way.
      const isAnswered = this.#lanes.some((lane) => lane.hasAnswer);
      if (isAnswered) await this.settle();
      else if (first.length > 0) await this.#wait(first);
      else if (sweeps.length === 0) await this.#wait(this.#lanes.filter((lane) => lane.isAsked));
      else await this.#sweep(sweeps);
      // A reader that is told to stop says that nothing more comes: that is not the end of its input.
      if (this.#options.signal.aborted) break;
      for (const lane of this.#lanes) {
        for (const signal of lane.take()) {
          this.activity++;
          signal();
          await this.settle();
        }
      }
    }
    return this.#options.signal.aborted || this.#options.pipeline.stopped ? 'stopped' : 'ended';
  }

  /** Behind the last record: all that the steps still hold comes out. Answers whether it has, or was left for the signal. */
  async end(unless?: AbortSignal): Promise<boolean> {
    const { pipeline } = this.#options;
    for (const head of pipeline.over ? pipeline.heads : []) head.end();
    const left = new Promise<void>((resolve) => {
      if (unless?.aborted === true) resolve();
      unless?.addEventListener('abort', () => resolve(), { once: true });
    });
    for (let wait = pipeline.end(); wait !== undefined; wait = pipeline.end()) {
      await Promise.race([wait, left]);
      await this.settle();
      if (unless?.aborted === true) return pipeline.end() === undefined;
    }
    return true;
  }

  /** Waits for the outside calls that steps have under way, and lets out what comes of them; the input need not have ended. */
  async drain(): Promise<void> {
    const { pipeline } = this.#options;
    await this.settle();
    for (let calls = pipeline.underWay(); calls !== undefined && !pipeline.stopped; calls = pipeline.underWay()) {
      await calls;
      await this.settle();
    }
  }

  /** Fires what is due, in pieces. */
  async settle(): Promise<void> {
    const { pipeline } = this.#options;
    while (pipeline.interrupted && !pipeline.stopped) {
      await this.#pause();
      // What fires in front of a step with enough calls under way waits for it, too.
      await pipeline.waitingToFire();
      if (pipeline.fire(fireBudget) === 'done') return;
    }
  }

  get #done(): boolean {
    const { signal, pipeline } = this.#options;
    return signal.aborted || pipeline.stopped || pipeline.over;
  }

  async #wait(lanes: readonly Lane[]): Promise<void> {
    if (lanes.every((lane) => lane.intake.live)) this.#options.rest?.();
    await this.#unlessWoken(lanes.map((lane) => lane.answer));
    await this.settle();
  }

  async #unlessWoken(answers: readonly Promise<unknown>[]): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    if (!this.#woken) {
      const since = performance.now();
      await Promise.race([woken, ...answers]);
      this.#slice.waited(performance.now() - since);
    }
    this.#woken = false;
  }

  /** Not before every input has said where it begins: a checkpoint without that would begin anew, wherever the input then is. */
  async #between(): Promise<void> {
    if (!this.#lanes.every((lane) => lane.isOpen)) return;
    for (let wait = this.#options.between?.(); wait !== undefined; wait = this.#options.between?.()) await wait;
  }

  /** Slices of batches, each of the one whose partition's watermark is lowest, ties by name, until something else is to be done. */
  async #sweep(sweeps: readonly BatchSweep[]): Promise<void> {
    await this.#untilRoom();
    if (this.#done) return;
    let [sweep, room]: [BatchSweep | undefined, Promise<unknown> | undefined] = [undefined, undefined];
    this.#slice.begin();
    do {
      sweep = this.#furthestBehind(sweeps);
      this.activity++;
      sweep.sweep(this.#slice.size);
      room = this.#options.credit();
    } while (this.#slice.ends() && room === undefined && !sweep.isDone && this.#mayGoOn);
    await this.#pause(room);
    if (!this.#options.pipeline.interrupted) return;
    await this.settle();
    await this.#pause();
  }

  /** Each wait, even for nothing, costs as much as some records. */
  get #mayGoOn(): boolean {
    return !this.#options.pipeline.interrupted && !this.#woken && !this.#options.signal.aborted;
  }

  /** Steps with enough calls under way get no further record; their answers come in between, and so may a cut. */
  async #untilRoom(): Promise<void> {
    const { pipeline } = this.#options;
    for (let calls = pipeline.waiting(); calls !== undefined && !this.#done; calls = pipeline.waiting()) {
      await this.#unlessWoken([calls]);
      await this.settle();
      await this.#between();
    }
  }

  #furthestBehind(sweeps: readonly BatchSweep[]): BatchSweep {
    return sweeps.reduce((chosen, each) => (this.#isBefore(each, chosen) ? each : chosen));
  }

  #isBefore(a: BatchSweep, b: BatchSweep): boolean {
    const { slots } = this.#options.pipeline;
    const [mine, other] = [slots[a.slot]!, slots[b.slot]!];
    if (mine.watermark !== other.watermark) return mine.watermark < other.watermark;
    return (mine.partition ?? '') < (other.partition ?? '');
  }

  async #pause(room: Promise<unknown> | undefined = this.#options.credit()): Promise<void> {
    if (room === undefined && !this.#slice.isTurnDue) return;
    this.#options.paused?.(this.#slice.busyMs);
    await room;
    await turn();
    this.#slice.turned();
  }
}
