import type { Positions } from './batch.ts';
import type { SinkState } from './sink.ts';
import type { PipelineSnapshot } from './snapshot.ts';

/** Everything that a job needs to go on from one cut. */
export interface Checkpoint {
  /** `<run>-<number>`, never used again. */
  readonly id: string;
  /** `prepared`: a deciding sink may or may not have committed it. `finished`: the input had ended and every window has fired. */
  readonly standing: 'prepared' | 'committed' | 'finished';
  /** By source. */
  readonly positions: Readonly<Record<string, Positions>>;
  readonly snapshot: PipelineSnapshot;
  /** By sink. */
  readonly sinks: Readonly<Record<string, SinkState>>;
}

/** Keeps the checkpoints of a job. Each write is one atomic record: there whole, or not there. */
export interface CheckpointStore {
  readonly name: string;
  /** Shuts other processes out of this job's checkpoints, or fails with a `ConnectorError` that names them. */
  open(job: string, signal: AbortSignal): Promise<OpenCheckpointStore>;
}

export interface OpenCheckpointStore {
  /** The newest first. What is torn or foreign is told, not skipped: the job decides. */
  list(): Promise<readonly (Checkpoint | { readonly id: string; readonly damage: unknown })[]>;
  store(checkpoint: Checkpoint): Promise<void>;
  /** Marks one that was `prepared`. */
  mark(id: string, standing: Checkpoint['standing']): Promise<void>;
  /** A note of a sink since the last checkpoint: durable before it answers. */
  note(sink: string, state: SinkState): Promise<void>;
  notes(sink: string): Promise<readonly SinkState[]>;
  close(): Promise<void>;
}
