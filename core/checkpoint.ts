import type { Positions } from './batch.ts';
import type { Tally } from './ledger.ts';
import type { SinkState } from './sink.ts';
import type { PipelineSnapshot } from './snapshot.ts';

/** Everything that a job needs to go on from one cut. */
export interface Checkpoint {
  /** `<run>-<number>`, never used again. */
  readonly id: string;
  /** `prepared`: a deciding sink may or may not have committed it. */
  readonly standing: 'prepared' | 'committed';
  /** The input had ended and every window had fired. */
  readonly finished: boolean;
  /** By source. */
  readonly positions: Readonly<Record<string, Positions>>;
  readonly snapshot: PipelineSnapshot;
  /** What every step had done with its records, by name. */
  readonly tallies: Readonly<Record<string, Tally>>;
  /** By sink. */
  readonly sinks: Readonly<Record<string, SinkState>>;
}

/** Keeps the checkpoints of a job. Each write is one atomic record: there whole, or not there. */
export interface CheckpointStore {
  readonly name: string;
  /**
   * Shuts other processes out of this job's checkpoints, or fails with a `ConnectorError` (`ML_LOCKED`) that names them.
   * `evict`: whoever has them is shut out, though it may be alive; its next `store` fails with `ML_LOCKED`.
   */
  open(job: string, signal: AbortSignal, options?: { readonly evict?: boolean }): Promise<OpenCheckpointStore>;
}

export interface OpenCheckpointStore {
  /** The newest first. What is torn or foreign is told, not skipped: the job decides. */
  list(): Promise<readonly (Checkpoint | { readonly id: string; readonly damage: unknown })[]>;
  /** Answers how many bytes it takes. */
  store(checkpoint: Checkpoint): Promise<number>;
  /** Marks one that was `prepared`. */
  mark(id: string, standing: Checkpoint['standing']): Promise<void>;
  /** A note of a sink, made behind the cut of this checkpoint (of none: before the first): durable before it answers. */
  note(sink: string, state: SinkState, after: string | undefined): Promise<void>;
  /** What was noted behind this cut and every later one; kept as long as the checkpoint is. */
  notes(sink: string, since: string | undefined): Promise<readonly SinkState[]>;
  close(): Promise<void>;
}
