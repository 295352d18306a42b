/**
 * A part of a step's state as plain data: survives `structuredClone`. State by key comes as a table of columns under the
 * keys' ids, so that a store can write it without looking inside, and typed arrays make a million keys a copy of memory.
 */
export type Piece = { readonly [column: string]: unknown };

/** The state of one step. `version` changes when the columns do. */
export interface StepSnapshot {
  readonly operator: string;
  readonly version: number;
  readonly state: readonly Piece[];
}

/** The state of a whole pipeline at one cut, under the names of its steps. */
export interface PipelineSnapshot {
  readonly version: 1;
  readonly steps: Readonly<Record<string, StepSnapshot>>;
  /** By input, then by partition: how far its time had come. */
  readonly inputs: Readonly<Record<string, readonly PartitionSnapshot[]>>;
}

export interface PartitionSnapshot {
  readonly partition: string;
  readonly watermark: number;
}
