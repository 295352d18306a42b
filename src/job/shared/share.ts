import { Subject } from 'rxjs';
import type { Layout } from '../../../core/layout.ts';
import type { EngineChoice } from '../../engine/engine.ts';
import type { JobMetrics, JobReport, JobWarning } from '../report.ts';
import { Run } from '../run.ts';
import type { RunSettings } from '../run-options.ts';

/** Another process has this share, and has shut us out of it. */
const takenOver: readonly string[] = ['ML_LOCKED', 'ML_KAFKA_FENCED'];
/** Where the group says that the share is ours, whoever has taken it is about to learn so. */
const againAfterMs = 500;

export interface ShareOptions {
  readonly name: string;
  readonly layout: Layout;
  readonly settings: RunSettings;
  readonly engine: EngineChoice;
  /** Settled when nothing of a former time of this share is open here. */
  readonly former: Promise<unknown> | undefined;
  readonly warn: (warning: JobWarning) => void;
  /** A checkpoint is complete. */
  readonly completed: () => void;
  readonly fail: (cause: unknown) => void;
}

/** One share as long as it is ours: a run by itself, with a state and checkpoints of its own. */
export class Share {
  /** Settled when nothing of it is open any more. */
  readonly over: Promise<void>;
  metrics: JobMetrics | undefined;
  report: JobReport | undefined;
  readonly #options: ShareOptions;
  #run: Run | undefined;
  #isOurs = true;
  #wake = (): void => {};

  constructor(options: ShareOptions) {
    this.#options = options;
    this.over = this.#work();
  }

  /** Takes a last checkpoint, if that can be done in time, and lets go. */
  stop(withinMs: number): void {
    this.#isOurs = false;
    this.#run?.stop(withinMs);
    this.#wake();
  }

  async #work(): Promise<void> {
    await this.#options.former;
    while (this.#isOurs) {
      const { layout, settings, engine } = this.#options;
      this.#run = new Run(layout, settings, engine, this.#metrics(), this.#warnings());
      this.report = await this.#run.start();
      const { error } = this.report;
      if (error === undefined) return;
      if (this.#isOurs && !takenOver.includes(error.code)) {
        this.#options.fail(error);
        return;
      }
      const message = `share ${this.#options.name}: goes back to its last checkpoint, here or elsewhere: ${error.message}`;
      this.#options.warn({ code: 'ML_RESTARTED', message });
      if (this.#isOurs) await this.#pause();
    }
  }

  #metrics(): Subject<JobMetrics> {
    const metrics = new Subject<JobMetrics>();
    metrics.subscribe((each) => {
      if (each.checkpoint?.id !== this.metrics?.checkpoint?.id) this.#options.completed();
      this.metrics = each;
    });
    return metrics;
  }

  #warnings(): Subject<JobWarning> {
    const warnings = new Subject<JobWarning>();
    warnings.subscribe(({ message, ...rest }) => {
      this.#options.warn({ ...rest, message: `share ${this.#options.name}: ${message}` });
    });
    return warnings;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, againAfterMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
