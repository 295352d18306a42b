/**
 * A part of a step's state as plain data: survives `structuredClone`. State by key comes as a table of columns under the
 * keys' ids, so that a store can write it without looking inside, and typed arrays make a million keys a copy of memory.
 */
export type Piece = { readonly [column: string]: unknown };

/** The state of one step. `version` changes when the columns do. Pieces may be made only when they are pulled; they can be pulled again. */
export interface StepSnapshot {
  readonly operator: string;
  readonly version: number;
  readonly state: Iterable<Piece>;
}

/** The state of a whole pipeline at one cut, under the names of its steps. */
export interface PipelineSnapshot {
  readonly version: 1;
  readonly steps: Readonly<Record<string, StepSnapshot>>;
  /** The source partitions in the order of their slots, which held records and the state of steps refer to. */
  readonly slots: readonly SlotSnapshot[];
}

export interface SlotSnapshot {
  readonly input: string;
  /** `null`: the input had not said which partitions it has. */
  readonly partition: string | null;
  /** How far its time had come. */
  readonly watermark: number;
}
