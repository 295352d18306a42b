import type { Subject } from 'rxjs';
import { StreamError } from '../../core/errors.ts';
import { positiveInteger } from '../../core/guards.ts';
import { type Layout, layOut, type Link } from '../../core/layout.ts';
import { balances } from '../../core/ledger.ts';
import type { Outlet, Pipeline } from '../../core/pipeline.ts';
import { applyPolicy, isSink } from '../../core/reject-policy.ts';
import type { Rejection } from '../../core/rejection.ts';
import type { Sink, SinkWriter } from '../../core/sink.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { type EngineChoice, engineFor } from '../engine/engine.ts';
import { neverIdle } from '../never-idle.ts';
import { fieldsRead } from '../fields-read.ts';
import type { Input } from '../input.ts';
import { systemClock } from '../system-clock.ts';
import type { JobMetrics, JobReport, JobWarning, RunOptions } from './job.ts';
import { letterAsText, letterOf } from './dead-letter.ts';
import { type Intake, Pump } from './pump.ts';
import { openReader } from './reader.ts';
import { isLive } from '../subscribe.ts';

/** How often a running job tells how it does. */
const metricsEveryMs = 500;
const defaultMaxRows = 10_000;
const defaultMaxBytes = 16 * 1024 * 1024;

/** One run of a job, from opening to closing. */
export class Run {
  readonly #ends: readonly Link[];
  readonly #engine: EngineChoice;
  readonly #metrics: Subject<JobMetrics>;
  readonly #warnings: Subject<JobWarning>;
  readonly #stopping = new AbortController();
  readonly #writers = new Map<Sink<never>, SinkWriter<unknown>>();
  #layout!: Layout;
  #pipeline: Pipeline | undefined;
  #intakes: readonly Intake[] = [];
  #pump: Pump | undefined;
  #sending: Promise<void> | undefined;
  #failure: { readonly cause: unknown } | undefined;

  constructor(
    ends: readonly Link[],
    engine: EngineChoice,
    metrics: Subject<JobMetrics>,
    warnings: Subject<JobWarning>,
  ) {
    this.#ends = ends;
    this.#engine = engine;
    this.#metrics = metrics;
    this.#warnings = warnings;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Never rejects once it has begun: the report carries the error. */
  async start({ name = 'job', signal, maxBuffered = {} }: RunOptions): Promise<JobReport> {
    const maxRows = positiveInteger('run', 'maxBuffered.records', maxBuffered.records ?? defaultMaxRows);
    const maxBytes = positiveInteger('run', 'maxBuffered.bytes', maxBuffered.bytes ?? defaultMaxBytes);
    this.#layout = layOut(this.#ends, timestampsAsTheyAre);
    this.#pipeline = this.#link();
    const stop = (): void => this.stop();
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    const began = performance.now();
    const ticking = setInterval(() => this.#tell(began), metricsEveryMs);
    let state: JobReport['state'] = 'failed';
    try {
      this.#warn();
      await this.#open(name);
      state = await this.#work(maxRows, maxBytes);
    } catch (cause: unknown) {
      this.#failure ??= { cause };
    } finally {
      clearInterval(ticking);
      signal?.removeEventListener('abort', stop);
      await this.#close();
    }
    this.#tell(began);
    this.#metrics.complete();
    this.#warnings.complete();
    return this.#report(this.#failure === undefined ? state : 'failed');
  }

  #link(): Pipeline {
    const { plan, policies, sinks } = this.#layout;
    const engine = engineFor(this.#layout, this.#engine);
    const nodes = plan.nodes.flatMap((node, index) => (node.kind === 'output' ? [index] : []));
    return new engine.Pipeline(
      plan,
      {
        clock: systemClock,
        outlets: sinks.map((sink, index) => this.#outlet(sink as Sink<never>, nodes[index] as number)),
        reject: (node, rejection) =>
          applyPolicy(policies[node], rejection, (sink, each) => this.#deadLetter(sink, each)),
        fail: (cause) => this.#fail(cause),
        inPieces: true,
        wake: () => this.#pump?.wake(),
        warn: (node, message) => {
          const step = plan.nodes[node]?.name;
          this.#warnings.next({ code: 'ML_HELD', message, ...(step === undefined ? {} : { step }) });
        },
      },
      engine.parts,
    );
  }

  async #open(job: string): Promise<void> {
    const { sinks, policies, inputs } = this.#layout;
    const letters = policies.flatMap((policy) => Object.values(policy)).filter(isSink);
    for (const sink of new Set([...sinks, ...letters] as Sink<never>[])) {
      const request = {
        job,
        state: undefined,
        signal: this.#stopping.signal,
        wantsCheckpoint: () => {},
        note: () => Promise.resolve(),
        notes: [],
      };
      this.#writers.set(sink, await sink.open(request));
    }
    const { signal } = this.#stopping;
    this.#intakes = this.#pipeline!.heads.map((head, index) => {
      const input = inputs[index]!.input as Input;
      const fields = fieldsRead(this.#layout, head.index);
      const request = { job, positions: {}, fields, signal, clock: systemClock, notice: () => {} };
      return { head, reader: openReader(input, request, this.#pipeline!.idleAfter(head)), live: isLive(input) };
    });
  }

  async #work(maxRows: number, maxBytes: number): Promise<JobReport['state']> {
    const pipeline = this.#pipeline!;
    const full = ({ buffered }: SinkWriter<unknown>): boolean =>
      buffered.records >= maxRows || buffered.bytes >= maxBytes;
    const credit = (): Promise<void> | undefined => {
      this.#check();
      return [...this.#writers.values()].some(full) ? this.#send() : undefined;
    };
    const { signal } = this.#stopping;
    const rest = (): void => void this.#send().catch((cause: unknown) => this.#fail(cause));
    const pump = new Pump({ pipeline, intakes: this.#intakes, signal, credit, rest });
    this.#pump = pump;
    if ((await pump.run()) === 'ended') await pump.end();
    await this.#sending;
    this.#check();
    await Promise.all([...this.#writers.values()].map((writer) => writer.cut('end')));
    await Promise.all([...this.#writers.values()].map((writer) => writer.commit('end')));
    await Promise.all(this.#intakes.map(({ reader }, index) => reader.commit(pump.positions[index]!)));
    return signal.aborted ? 'stopped' : 'completed';
  }

  /** One at a time: a sink is asked for one thing, then for the next. */
  #send(): Promise<void> {
    const writers = [...this.#writers.values()].filter(({ buffered }) => buffered.records > 0);
    this.#sending ??= Promise.all(writers.map((writer) => writer.send())).then(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #close(): Promise<void> {
    this.#pipeline?.close();
    const closing = [...this.#intakes.map(({ reader }) => reader), ...this.#writers.values()].map((each) =>
      each.close(),
    );
    for (const result of await Promise.allSettled(closing)) {
      if (result.status === 'rejected') this.#failure ??= { cause: result.reason };
    }
  }

  /** The edge towards a sink: a row that its format cannot write is a bad record, not the end of the world. */
  #outlet(sink: Sink<never>, node: number): Outlet {
    return {
      next: (row, timestamp) => {
        try {
          this.#writers.get(sink)!.write(row, timestamp);
        } catch (cause: unknown) {
          this.#pipeline!.rejectRow(node, row, timestamp, {
            kind: 'invalid',
            rule: `a row for ${sink.name}`,
            received: row,
            cause,
          });
        }
      },
    };
  }

  #deadLetter(sink: Sink<Rejection>, rejection: Rejection): void {
    const writer = this.#writers.get(sink)!;
    const timestamp = rejection.timestamp ?? Number.NaN;
    try {
      writer.write(letterOf(rejection), timestamp);
    } catch {
      // Just what was rejected may be what a format cannot write: a bigint, a cycle.
      writer.write(letterAsText(rejection), timestamp);
    }
  }

  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    this.stop();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  #warn(): void {
    for (const { name, input } of this.#layout.inputs) {
      const each = input as Input;
      const message = each.kind === 'source' ? each.source.traits.warning : undefined;
      if (message !== undefined) this.#warnings.next({ code: 'ML_SOURCE', message, step: name });
    }
    for (const step of neverIdle(this.#layout.plan)) {
      const message = `${step}: a partition without records holds every window back for ever; \`idleAfter\` says for how long it may`;
      this.#warnings.next({ code: 'ML_NEVER_IDLE', message, step });
    }
  }

  #tell(began: number): void {
    const all = this.#intakes.map(({ reader }) => reader.progress?.());
    const known = all.filter((each) => each !== undefined);
    const whole = known.length > 0 && known.length === all.length;
    this.#metrics.next({
      steps: this.#pipeline?.ledger ?? [],
      elapsedMs: performance.now() - began,
      ...(whole
        ? {
            progress: {
              done: known.reduce((sum, { done }) => sum + done, 0),
              total: known.reduce((sum, { total }) => sum + total, 0),
              unit: known[0]!.unit,
            },
          }
        : {}),
    });
  }

  #report(state: JobReport['state']): JobReport {
    const steps = this.#pipeline?.ledger ?? [];
    const failure = this.#failure;
    return {
      state,
      steps,
      balanced: steps.every(balances),
      restarts: 0,
      ...(failure === undefined ? {} : { error: asStreamError(failure.cause) }),
    };
  }
}

function asStreamError(cause: unknown): StreamError {
  if (cause instanceof StreamError) return cause;
  return new StreamError('ML_FAILED', `run: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
