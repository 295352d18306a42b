import { Observable, ReplaySubject } from 'rxjs';
import { ArgumentError, type ErrorCode, type StreamError } from '../../core/errors.ts';
import { optionsObject } from '../../core/guards.ts';
import type { Link } from '../../core/layout.ts';
import type { StepLedger } from '../../core/ledger.ts';
import type { Sink } from '../../core/sink.ts';
import type { EngineChoice } from '../engine/engine.ts';
import { explain, type ExplainFormat } from '../explain.ts';
import { Run } from './run.ts';

export interface RunOptions {
  /** Names the job: connectors may show it to the systems that they talk to. */
  readonly name?: string;
  /** Stops the job as `stop()` does. */
  readonly signal?: AbortSignal;
  /** How much may wait in sinks before reading pauses. Default 10,000 rows, 16 MiB. */
  readonly maxBuffered?: { readonly records?: number; readonly bytes?: number };
}

export interface JobReport {
  readonly state: 'completed' | 'stopped' | 'failed';
  /** Where every record went, step by step; the source's own line first, the sinks' last. */
  readonly steps: readonly StepLedger[];
  /** Whether the sums of every step hold. */
  readonly balanced: boolean;
  readonly restarts: number;
  /** Why it failed. */
  readonly error?: StreamError;
}

/** What a running job tells of itself, about twice a second and once at the end. */
export interface JobMetrics {
  readonly steps: readonly StepLedger[];
  /** How far bounded sources are, in their own unit; nothing where one of them has no end. */
  readonly progress?: { readonly done: number; readonly total: number; readonly unit: string };
  readonly elapsedMs: number;
}

export interface JobWarning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly step?: string;
}

/**
 * A chain from sources to sinks, ready to run.
 *
 * - **Starts** with `run()`: sinks are opened first, then sources; nothing is read before every sink is open.
 * - **Completes** when all sources have ended, every window has fired and every row is durable.
 * - **Memory**: reading pauses while sinks hold `maxBuffered`; one batch of each source is held.
 */
export class Job {
  readonly metrics$: Observable<JobMetrics>;
  /** What a person should know and no record shows. */
  readonly warnings$: Observable<JobWarning>;
  readonly #ends: readonly Link[];
  readonly #run: Run;
  #report: Promise<JobReport> | undefined;

  constructor(ends: readonly Link[], engine: EngineChoice) {
    const metrics = new ReplaySubject<JobMetrics>(1);
    const warnings = new ReplaySubject<JobWarning>(100);
    this.metrics$ = metrics.asObservable();
    this.warnings$ = warnings.asObservable();
    this.#ends = ends;
    this.#run = new Run(ends, engine, metrics, warnings);
  }

  /**
   * Runs the job to its end. The report says where every record went; a job that fails rejects with the error, and `report`
   * of a failed job is what `stop()` then answers.
   *
   * @throws ArgumentError (`ML_ARGUMENT`), before anything is opened, if an option is wrong or the job has run before.
   */
  async run(options: RunOptions = {}): Promise<JobReport> {
    const given = optionsObject<RunOptions>('run', options, ['name', 'signal', 'maxBuffered']);
    if (this.#report !== undefined) {
      throw new ArgumentError('run', 'job', 'run once', 'a second run', 'build the chain again to run it again');
    }
    this.#report = this.#run.start(given);
    const report = await this.#report;
    if (report.error !== undefined) throw report.error;
    return report;
  }

  /**
   * Stops reading, makes durable what has left the chain, and closes everything. Open windows do not fire.
   *
   * @throws ArgumentError (`ML_ARGUMENT`), if the job has not been run.
   */
  async stop(): Promise<JobReport> {
    if (this.#report === undefined) throw new ArgumentError('stop', 'job', 'running', 'a job that was never run');
    this.#run.stop();
    return this.#report;
  }

  /** The chain, its sources and sinks with their guarantees, as text or as a Mermaid flowchart. */
  explain(format: ExplainFormat = 'text'): string {
    return explain(this.#ends, format);
  }
}

/** Whether a value is a sink. */
export function isSinkValue(value: unknown): value is Sink<never> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'open' in value &&
    'traits' in value &&
    'guarantee' in (value.traits as object)
  );
}
