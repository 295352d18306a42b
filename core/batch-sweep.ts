import type { Batch, Position, Unreadable } from './batch.ts';
import type { Head } from './head.ts';
import type { Pipeline } from './pipeline.ts';
import { refusalOf } from './unreadable.ts';

/** A batch on its way through a pipeline, some records at a time. */
export class BatchSweep {
  readonly batch: Batch;
  readonly head: Head;
  readonly slot: number;
  /** Records that are done. */
  swept = 0;
  /** Whether all of it has been swept and told. */
  isDone = false;
  #told = 0;
  readonly #pipeline: Pipeline;

  constructor(pipeline: Pipeline, head: Head, batch: Batch) {
    this.#pipeline = pipeline;
    this.head = head;
    this.batch = batch;
    this.slot = head.partition(batch.partition);
  }

  /** Sweeps up to `budget` records, none while a step has more to fire; what the source could not read takes its place between them. */
  sweep(budget: number): void {
    const { records, timestamps, unreadable = [] } = this.batch;
    const until = Math.min(records.length, this.swept + budget);
    while (!this.#pipeline.interrupted) {
      const next = unreadable[this.#told];
      const stop = next === undefined ? until : Math.min(until, next.before);
      if (this.swept < stop) {
        this.swept = this.head.sweep(records, this.swept, stop, this.slot, this.batch, timestamps);
      } else if (next !== undefined && next.before <= this.swept && this.#mayTell(until)) this.#tell(next);
      else break;
    }
    this.isDone = this.swept >= records.length && this.#told === unreadable.length;
  }

  /** Where to go on behind what has been swept. */
  get position(): Position {
    return this.batch.positionAfter(this.swept);
  }

  /** What stands behind the last record of a slice belongs to the next: a cut in between must not tell it twice. */
  #mayTell(until: number): boolean {
    return this.swept < until || this.swept === this.batch.records.length;
  }

  #tell(unreadable: Unreadable): void {
    this.#told++;
    if (unreadable.skipped === true) {
      this.head.skip();
      return;
    }
    this.head.reject(unreadable.value, this.slot, refusalOf(unreadable), unreadable.origin);
  }
}
