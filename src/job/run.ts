import type { Subject } from 'rxjs';
import type { OpenCheckpointStore } from '../../core/checkpoint.ts';
import type { Clock } from '../../core/clock.ts';
import type { Layout } from '../../core/layout.ts';
import type { EngineChoice } from '../engine/engine.ts';
import { steadyClock } from '../steady-clock.ts';
import { asStreamError } from './as-stream-error.ts';
import { Attempt } from './attempt.ts';
import { attended } from './attended.ts';
import { MemoryStore } from './memory-store.ts';
import { Meter } from './meter.ts';
import type { JobMetrics, JobReport, JobWarning } from './report.ts';
import { Restarts } from './restarts.ts';
import type { RunSettings } from './run-options.ts';
import { canReplay } from './terms.ts';

/** A run of a job: attempt after attempt, until one ends or fails for good. */
export class Run {
  readonly #engine: EngineChoice;
  readonly #metrics: Subject<JobMetrics>;
  readonly #warnings: Subject<JobWarning>;
  readonly #stopping = new AbortController();
  readonly #settings: RunSettings;
  readonly #layout: Layout;
  readonly #clock: Clock = steadyClock();
  readonly #meter: Meter;
  readonly #restarts: Restarts;
  #store: OpenCheckpointStore | undefined;
  #attempt: Attempt | undefined;
  #wakeFromPause = (): void => {};

  constructor(
    layout: Layout,
    settings: RunSettings,
    engine: EngineChoice,
    metrics: Subject<JobMetrics>,
    warned: Subject<JobWarning>,
  ) {
    this.#settings = settings;
    this.#engine = engine;
    this.#metrics = metrics;
    this.#warnings = warned;
    this.#layout = layout;
    this.#meter = new Meter(this.#clock, settings);
    this.#restarts = new Restarts(this.#restartRules());
  }

  /** Stops reading; what is under way may take until the deadline. */
  stop(withinMs: number = this.#settings.drainWithinMs): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#wakeFromPause();
    const late = (): void => this.#attempt?.leave(new Deadline(withinMs));
    const timer = setTimeout(late, withinMs);
    (timer as { unref?: () => void }).unref?.();
  }

  /** Never rejects: the report carries the error. */
  async start(): Promise<JobReport> {
    const tell = (): void => this.#metrics.next(this.#meter.look());
    const report = await attended(this.#settings, { stop: () => this.stop(), tell }, () => this.#work());
    this.#metrics.complete();
    this.#warnings.complete();
    return report;
  }

  async #work(): Promise<JobReport> {
    try {
      return this.#report(await this.#attempts());
    } catch (cause: unknown) {
      return this.#report('failed', cause);
    } finally {
      await this.#store?.close().catch(() => {});
    }
  }

  async #attempts(): Promise<Exclude<JobReport['state'], 'failed'>> {
    for (;;) {
      try {
        return await this.#try();
      } catch (cause: unknown) {
        if (cause instanceof Deadline) return this.#stoppedLate(cause);
        const pauseMs = this.#restarts.pauseAfter(cause);
        if (pauseMs === undefined) throw cause;
        if (this.#stopping.signal.aborted) return 'stopped';
        this.#meter.restarts++;
        const message = `restart ${this.#meter.restarts} in ${Math.round(pauseMs)} ms, from the last checkpoint, after: ${(cause as Error).message}`;
        this.#warnings.next({ code: 'ML_RESTARTED', message });
        await this.#pause(pauseMs);
        if (this.#stopping.signal.aborted) return 'stopped';
      }
    }
  }

  async #try(): Promise<Exclude<JobReport['state'], 'failed'>> {
    const { store, name } = this.#settings;
    const { signal: stopping } = this.#stopping;
    this.#store ??= store === undefined ? new MemoryStore() : await store.open(name, stopping);
    const attempt = new Attempt({
      layout: this.#layout,
      settings: this.#settings,
      engine: this.#engine,
      clock: this.#clock,
      run: newRun(),
      store: this.#store,
      stopping,
      meter: this.#meter,
      warn: (warning) => this.#warnings.next(warning),
      completed: () => this.#restarts.begin(),
    });
    this.#attempt = attempt;
    try {
      return await attempt.run();
    } finally {
      await attempt.close();
    }
  }

  /** Without a store a job goes back to a checkpoint in memory, as long as its input can be read again. */
  #restartRules(): RunSettings['restart'] {
    const { restart } = this.#settings;
    return canReplay(this.#layout) ? restart : { ...restart, attempts: 0 };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeFromPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #stoppedLate({ withinMs }: Deadline): 'stopped' {
    const message = `the job was stopped, and had not made everything durable within ${withinMs} ms: what came after its last checkpoint comes again`;
    this.#warnings.next({ code: 'ML_DRAIN', message });
    return 'stopped';
  }

  #report(state: JobReport['state'], cause?: unknown): JobReport {
    const { ledger: steps, balanced, restarts, checkpoint } = this.#meter;
    return {
      state,
      steps,
      balanced,
      restarts,
      ...(checkpoint === undefined || this.#settings.store === undefined ? {} : { checkpoint: checkpoint.id }),
      ...(state === 'failed' ? { error: asStreamError(cause) } : {}),
    };
  }
}

/** The deadline of a job that was stopped has passed. */
class Deadline extends Error {
  readonly withinMs: number;

  constructor(withinMs: number) {
    super();
    this.withinMs = withinMs;
  }
}

/** Names the checkpoints of one attempt: no other has it, and a later one sorts behind it. */
function newRun(): string {
  const time = Date.now().toString(36).padStart(9, '0');
  const random = Math.floor(Math.random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return `${time}${random}`;
}
