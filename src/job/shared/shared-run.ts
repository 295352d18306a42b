import type { Subject } from 'rxjs';
import type { CheckpointStore } from '../../../core/checkpoint.ts';
import type { Layout } from '../../../core/layout.ts';
import type { Membership, Sharing } from '../../../core/source.ts';
import type { EngineChoice } from '../../engine/engine.ts';
import { asStreamError } from '../as-stream-error.ts';
import { attended } from '../attended.ts';
import type { JobMetrics, JobReport, JobWarning } from '../report.ts';
import { Restarts } from '../restarts.ts';
import type { RunSettings } from '../run-options.ts';
import { claimed } from './claimed.ts';
import { Share } from './share.ts';
import { sumMetrics } from './sum-metrics.ts';
import { sumReports } from './sum-reports.ts';

export interface SharedRunOptions {
  readonly layout: Layout;
  readonly settings: RunSettings;
  readonly engine: EngineChoice;
  readonly sharing: Sharing<unknown>;
  readonly store: CheckpointStore;
  readonly metrics: Subject<JobMetrics>;
  readonly warnings: Subject<JobWarning>;
}

/**
 * A run of a job whose input several processes share. Each share that this process has is a run by itself; one that is
 * taken away takes its last checkpoint and lets go, and whoever gets it goes on from there.
 */
export class SharedRun {
  readonly #options: SharedRunOptions;
  readonly #restarts: Restarts;
  readonly #stopping = new AbortController();
  /** Those that are ours. */
  #shares = new Map<string, Share>();
  /** By name: the last one that we had, which may not be over yet. */
  readonly #last = new Map<string, Share>();
  #restarted = 0;

  constructor(options: SharedRunOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.settings.restart);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Never rejects: the report carries the error. */
  async start(): Promise<JobReport> {
    const { settings, metrics, warnings } = this.#options;
    const tell = (): void => metrics.next(sumMetrics(this.#held, settings, this.#restarted));
    const report = await attended(settings, { stop: () => this.stop(), tell }, () => this.#work());
    metrics.complete();
    warnings.complete();
    return report;
  }

  async #work(): Promise<JobReport> {
    try {
      await this.#lives();
      return sumReports(this.#held, this.#restarted, 'stopped');
    } catch (cause: unknown) {
      return { ...sumReports(this.#held, this.#restarted, 'failed'), error: asStreamError(cause) };
    }
  }

  async #lives(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#live();
      } catch (cause: unknown) {
        const pauseMs = this.#restarts.pauseAfter(cause);
        if (pauseMs === undefined) throw cause;
        this.#restarted++;
        const message = `joins again in ${Math.round(pauseMs)} ms, after: ${(cause as Error).message}`;
        this.#options.warnings.next({ code: 'ML_RESTARTED', message });
        await this.#untilStopped(pauseMs);
      }
    }
  }

  /** From joining the others to leaving them. */
  async #live(): Promise<void> {
    const { sharing, settings } = this.#options;
    // Those of a former membership are over.
    this.#shares = new Map();
    let isOver = false;
    let membership: Membership<unknown> | undefined;
    const failed = new Promise<never>((_, reject) => {
      const assigned = (names: ReadonlySet<string>): void => {
        if (!isOver && membership !== undefined) this.#assign(names, membership, reject);
      };
      membership = sharing.join({ assigned, failed: reject });
    });
    // Also where nobody waits for it yet.
    failed.catch(() => {});
    try {
      await Promise.race([membership!.start(), failed]);
      await Promise.race([this.#untilStopped(), failed]);
    } finally {
      isOver = true;
      for (const share of this.#shares.values()) share.stop(settings.drainWithinMs);
      await Promise.all([...this.#last.values()].map(({ over }) => over));
      await membership?.close();
    }
  }

  #assign(names: ReadonlySet<string>, membership: Membership<unknown>, fail: (cause: unknown) => void): void {
    const { sharing } = this.#options;
    const before = this.#shares;
    for (const [name, share] of before) if (!names.has(name)) share.stop(sharing.graceMs / 2);
    const now = [...names].map((name) => [name, before.get(name) ?? this.#open(name, membership, fail)] as const);
    this.#shares = new Map(now);
    for (const [name, share] of now) this.#last.set(name, share);
  }

  #open(name: string, membership: Membership<unknown>, fail: (cause: unknown) => void): Share {
    const { layout, settings, engine, sharing, store } = this.#options;
    const [input] = layout.inputs;
    const own = { ...input!, input: { kind: 'source', source: membership.share(name) } };
    return new Share({
      name,
      layout: { ...layout, inputs: [own] },
      settings: {
        ...settings,
        name: `${settings.name}/${name}`,
        store: claimed(store, sharing.graceMs),
        signal: undefined,
        stopOn: [],
      },
      engine,
      former: this.#last.get(name)?.over,
      warn: (warning) => this.#options.warnings.next(warning),
      completed: () => this.#restarts.begin(),
      fail,
    });
  }

  get #held(): readonly Share[] {
    return [...this.#shares.values()];
  }

  /** Or for so long. */
  #untilStopped(ms?: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
}
