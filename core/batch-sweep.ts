import type { Batch, Unreadable } from './batch.ts';
import type { Head, Pipeline } from './pipeline.ts';

/** A batch on its way through a pipeline, some records at a time. */
export class BatchSweep {
  readonly batch: Batch;
  readonly head: Head;
  readonly slot: number;
  /** Records that are done. */
  swept = 0;
  #told = 0;
  readonly #pipeline: Pipeline;

  constructor(pipeline: Pipeline, head: Head, batch: Batch) {
    this.#pipeline = pipeline;
    this.head = head;
    this.batch = batch;
    this.slot = head.partition(batch.partition);
  }

  /** Sweeps up to `budget` records, none while a step has more to fire; what the source could not read takes its place between them. */
  sweep(budget: number): 'done' | 'more' {
    const { records, timestamps, unreadable = [] } = this.batch;
    const until = Math.min(records.length, this.swept + budget);
    while (!this.#pipeline.interrupted) {
      const next = unreadable[this.#told];
      const stop = next === undefined ? until : Math.min(until, next.before);
      if (this.swept < stop) {
        this.swept = this.head.sweep(records, this.swept, stop, this.slot, this.batch, timestamps);
      } else if (next !== undefined && next.before <= this.swept) this.#tell(next);
      else break;
    }
    return this.swept < records.length || this.#told < unreadable.length ? 'more' : 'done';
  }

  #tell({ value, origin, field, rule, received, cause }: Unreadable): void {
    this.#told++;
    const refusal = {
      kind: 'invalid' as const,
      rule,
      ...(field === undefined ? {} : { field }),
      ...(received === undefined ? {} : { received }),
      ...(cause === undefined ? {} : { cause }),
    };
    this.head.reject(value, this.slot, refusal, origin);
  }
}
