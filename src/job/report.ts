import type { ErrorCode, StreamError } from '../../core/errors.ts';
import type { StepLedger } from '../../core/ledger.ts';

export interface JobReport {
  readonly state: 'completed' | 'stopped' | 'failed';
  /** Where every record went, step by step; the source's own line first, the sinks' last. */
  readonly steps: readonly StepLedger[];
  /** Whether the sums of every step hold. */
  readonly balanced: boolean;
  /** How often the job went back to its checkpoint within this run. */
  readonly restarts: number;
  /** The checkpoint that was stored and committed last, where the job has a store. */
  readonly checkpoint?: string;
  /** Why it failed. */
  readonly error?: StreamError;
}

export interface JobWarning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly step?: string;
}

/** What a running job tells of itself, about twice a second and once at the end. */
export interface JobMetrics {
  /** The ledger so far, a line a step. */
  readonly steps: readonly StepLedger[];
  /** Records a second that came to each step since the last time. */
  readonly rates: Readonly<Record<string, number>>;
  /** How far bounded sources are, in their own unit; nothing where one of them has no end. */
  readonly progress?: { readonly done: number; readonly total: number; readonly unit: string };
  readonly elapsedMs: number;
  /** The lowest event time up to which all source partitions are done, in epoch ms; nothing as long as one has not spoken. */
  readonly watermark?: number;
  /** How far the watermark is behind the clock: of live sources only. */
  readonly lagMs?: number;
  /** By `<source>/<partition>`: its own watermark. */
  readonly partitions: Readonly<Record<string, number>>;
  /** Keys that are remembered, in all steps together. */
  readonly keys: number;
  /** What waits in sinks, and how much may before reading pauses. */
  readonly credit: {
    readonly records: number;
    readonly bytes: number;
    readonly maxRecords: number;
    readonly maxBytes: number;
  };
  /** What steps hold back, such as records that wait for their time, and how much they may. */
  readonly held: { readonly bytes: number; readonly maxBytes: number };
  /** The longest time that a sweep kept the event loop to itself. */
  readonly longestPauseMs: number;
  /** The newest checkpoint; nothing before the first. */
  readonly checkpoint?: CheckpointMetrics;
  readonly restarts: number;
}

export interface CheckpointMetrics {
  readonly id: string;
  /** How many have been completed in this run. */
  readonly count: number;
  /** From the cut until everybody had committed. */
  readonly tookMs: number;
  /** For how long the cut itself stopped the stream. */
  readonly pauseMs: number;
  /** What the store wrote: positions and the state of all steps. */
  readonly bytes: number;
  /** When it was taken, in epoch ms. */
  readonly at: number;
}
