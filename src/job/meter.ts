import type { Clock } from '../../core/clock.ts';
import { balances, type StepLedger } from '../../core/ledger.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { CreditLimits, OpenSinks } from './open-sinks.ts';
import type { Intake } from './pump.ts';
import type { CheckpointMetrics, JobMetrics } from './report.ts';
import type { RunSettings } from './run-options.ts';

/** What the job may hold, for whoever looks at how much of that it does. */
type MeterLimits = CreditLimits & Pick<RunSettings, 'maxHeldBytes'>;

/** Counts what a job does, through all its restarts. */
export class Meter {
  restarts = 0;
  readonly #clock: Clock;
  readonly #limits: MeterLimits;
  readonly #began = performance.now();
  #pipeline: Pipeline | undefined;
  #sinks: OpenSinks | undefined;
  #intakes: readonly Intake[] = [];
  #longestPauseMs = 0;
  #checkpoint: CheckpointMetrics | undefined;
  /** What had come to each step, and when, the last time that somebody looked. */
  #before: { readonly at: number; readonly received: ReadonlyMap<string, number> } = { at: 0, received: new Map() };

  constructor(clock: Clock, limits: MeterLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** A new attempt. */
  watch(pipeline: Pipeline, sinks: OpenSinks): void {
    this.#pipeline = pipeline;
    this.#sinks = sinks;
    this.#intakes = [];
  }

  read(intakes: readonly Intake[]): void {
    this.#intakes = intakes;
  }

  paused(ms: number): void {
    if (ms > this.#longestPauseMs) this.#longestPauseMs = ms;
  }

  checkpointed(metrics: Omit<CheckpointMetrics, 'count'>): void {
    this.paused(metrics.pauseMs);
    this.#checkpoint = { ...metrics, count: (this.#checkpoint?.count ?? 0) + 1 };
  }

  get checkpoint(): CheckpointMetrics | undefined {
    return this.#checkpoint;
  }

  get ledger(): readonly StepLedger[] {
    return this.#pipeline?.ledger ?? [];
  }

  get balanced(): boolean {
    return this.ledger.every(balances);
  }

  look(): JobMetrics {
    const steps = this.ledger;
    const { maxRows: maxRecords, maxBytes } = this.#limits;
    const watermark = this.#watermark();
    const isLive = this.#intakes.some(({ live }) => live);
    const progress = this.#progress();
    return {
      steps,
      rates: this.#rates(steps),
      elapsedMs: performance.now() - this.#began,
      partitions: this.#partitions(),
      keys: this.#pipeline?.keyCount ?? 0,
      credit: { ...(this.#sinks?.buffered ?? { records: 0, bytes: 0 }), maxRecords, maxBytes },
      held: { bytes: this.#pipeline?.held.bytes ?? 0, maxBytes: this.#limits.maxHeldBytes },
      longestPauseMs: this.#longestPauseMs,
      restarts: this.restarts,
      ...(watermark === undefined ? {} : { watermark }),
      ...(watermark === undefined || !isLive ? {} : { lagMs: this.#clock.now() - watermark }),
      ...(progress === undefined ? {} : { progress }),
      ...(this.#checkpoint === undefined ? {} : { checkpoint: this.#checkpoint }),
    };
  }

  #rates(steps: readonly StepLedger[]): Readonly<Record<string, number>> {
    const at = performance.now();
    const { at: since, received } = this.#before;
    const seconds = Math.max(at - (since || this.#began), 1) / 1_000;
    this.#before = { at, received: new Map(steps.map((line) => [line.step, line.in])) };
    // After a restart a step may stand before where it stood: it has done nothing then, not less.
    const rate = (line: StepLedger): number => Math.max(0, line.in - (received.get(line.step) ?? 0)) / seconds;
    return Object.fromEntries(steps.map((line) => [line.step, Math.round(rate(line))]));
  }

  #watermark(): number | undefined {
    const lowest = Math.min(...(this.#pipeline?.slots ?? []).map(({ watermark }) => watermark));
    return Number.isFinite(lowest) ? lowest : undefined;
  }

  #partitions(): Readonly<Record<string, number>> {
    const named = (this.#pipeline?.slots ?? []).filter(({ partition }) => partition !== undefined);
    return Object.fromEntries(
      named.map(({ head, partition, watermark }) => [`${head.node.name}/${partition}`, watermark]),
    );
  }

  #progress(): JobMetrics['progress'] {
    const all = this.#intakes.map(({ reader }) => reader.progress?.());
    const known = all.filter((each) => each !== undefined);
    const [first] = known;
    if (first === undefined || known.length < all.length) return undefined;
    const done = known.reduce((sum, each) => sum + each.done, 0);
    return { done, total: known.reduce((sum, each) => sum + each.total, 0), unit: first.unit };
  }
}
