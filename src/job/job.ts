import { type Observable, ReplaySubject } from 'rxjs';
import { ArgumentError } from '../../core/errors.ts';
import type { Link } from '../../core/layout.ts';
import type { Sink } from '../../core/sink.ts';
import type { EngineChoice } from '../engine/engine.ts';
import { explain, type ExplainFormat } from '../explain.ts';
import { showProgress, type Terminal } from './progress-line.ts';
import type { JobMetrics, JobReport, JobWarning } from './report.ts';
import { newRun } from './new-run.ts';
import type { Run } from './run.ts';
import { type RunOptions, runSettings } from './run-options.ts';
import type { SharedRun } from './shared/shared-run.ts';

const partsOf = new WeakMap<Job, { readonly ends: readonly Link[]; readonly engine: EngineChoice }>();

/**
 * Chains from sources to sinks, ready to run.
 *
 * - **Starts** with `run()`: sinks are opened first, then sources; nothing is read before every sink is open.
 * - **Completes** when all sources have ended, every window has fired and every row is durable.
 * - **Fails** with the error of `run()`. A `ConnectorError` that is retryable takes it back to its last checkpoint instead.
 * - **Memory**: reading pauses while sinks hold `maxBuffered`; one batch of each source partition is held.
 */
export class Job {
  readonly metrics$: Observable<JobMetrics>;
  /** What a person should know and no record shows. */
  readonly warnings$: Observable<JobWarning>;
  readonly #ends: readonly Link[];
  readonly #engine: EngineChoice;
  readonly #metrics = new ReplaySubject<JobMetrics>(1);
  readonly #warnings = new ReplaySubject<JobWarning>(100);
  #run: Run | SharedRun | undefined;
  #report: Promise<JobReport> | undefined;

  constructor(ends: readonly Link[], engine: EngineChoice) {
    this.metrics$ = this.#metrics.asObservable();
    this.warnings$ = this.#warnings.asObservable();
    this.#ends = ends;
    this.#engine = engine;
    partsOf.set(this, { ends, engine });
  }

  /**
   * Runs the job to its end. The report says where every record went; a job that fails rejects with the error, and `report`
   * of a failed job is what `stop()` then answers.
   *
   * @throws ArgumentError (`ML_ARGUMENT`), before anything is opened, if an option is wrong, the chain cannot run like this,
   * or the job has run before.
   */
  async run(options: RunOptions = {}): Promise<JobReport> {
    const settings = runSettings(options);
    if (this.#run !== undefined) {
      throw new ArgumentError('run', 'job', 'run once', 'a second run', 'build the chain again to run it again');
    }
    this.#run = newRun(this.#ends, settings, this.#engine, { metrics: this.#metrics, warnings: this.#warnings });
    const terminal = (globalThis as { readonly process?: { readonly stderr?: Terminal } }).process?.stderr;
    const showing = settings.progress ? showProgress(settings.name, this.metrics$, terminal) : undefined;
    this.#report = this.#run.start();
    const report = await this.#report;
    showing?.unsubscribe();
    if (report.error !== undefined) throw report.error;
    return report;
  }

  /**
   * Stops reading, makes durable what has left the chain, takes a last checkpoint and closes everything. Open windows do not
   * fire.
   *
   * @throws ArgumentError (`ML_ARGUMENT`), if the job has not been run.
   */
  async stop(): Promise<JobReport> {
    if (this.#report === undefined) throw new ArgumentError('stop', 'job', 'running', 'a job that was never run');
    this.#run?.stop();
    return this.#report;
  }

  /** The chain, its sources and sinks with their guarantees, as text or as a Mermaid flowchart. */
  explain(format: ExplainFormat = 'text'): string {
    return explain(this.#ends, format);
  }
}

/**
 * Makes one job of several: one run, one cut. A stream that several of them share is read and computed once.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if one of them is no job.
 */
export function job(...parts: readonly Job[]): Job {
  const all = parts.map((part) => {
    const known = partsOf.get(part);
    if (known === undefined) throw new ArgumentError('job', 'parts', 'jobs such as stream(...).to(...)', part);
    return known;
  });
  if (all.length === 0) throw new ArgumentError('job', 'parts', 'at least one job', undefined);
  const engine = all.every((each) => each.engine === 'shared') ? 'shared' : 'own';
  return new Job(
    all.flatMap(({ ends }) => ends),
    engine,
  );
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
