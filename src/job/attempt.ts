import type { Checkpoint, OpenCheckpointStore } from '../../core/checkpoint.ts';
import type { Clock } from '../../core/clock.ts';
import { ConnectorError, StreamError } from '../../core/errors.ts';
import type { Layout } from '../../core/layout.ts';
import type { Outlet, Pipeline } from '../../core/pipeline.ts';
import { applyPolicy } from '../../core/reject-policy.ts';
import type { Sink } from '../../core/sink.ts';
import type { SourceNotice, SourceReader, SourceRequest } from '../../core/source.ts';
import { type EngineChoice, engineFor } from '../engine/engine.ts';
import { fieldsRead } from '../fields-read.ts';
import type { Input } from '../input.ts';
import { isLive } from '../subscribe.ts';
import { Coordinator, type Cut } from './coordinator.ts';
import type { Meter } from './meter.ts';
import type { OpenSink } from './open-sink.ts';
import { OpenSinks, sinksOf } from './open-sinks.ts';
import { type Intake, Pump } from './pump.ts';
import { openReader } from './reader.ts';
import { isBlank, recover } from './recovery.ts';
import type { JobReport, JobWarning } from './report.ts';
import type { RunSettings } from './run-options.ts';
import { canGoBack, isStateful } from './terms.ts';

export interface AttemptOptions {
  readonly layout: Layout;
  readonly settings: RunSettings;
  readonly engine: EngineChoice;
  readonly clock: Clock;
  /** Names the checkpoints of this attempt. */
  readonly run: string;
  readonly store: OpenCheckpointStore;
  /** Given when the job should stop reading. */
  readonly stopping: AbortSignal;
  readonly meter: Meter;
  readonly warn: (warning: JobWarning) => void;
  /** A checkpoint is complete. */
  readonly completed: () => void;
}

type Ending = Exclude<JobReport['state'], 'failed'>;

/** How long what is open may take to close, when the job is over. */
const closeWithinMs = 5_000;

/** One life of a job: from the newest checkpoint to the end, a stop or a failure. */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #sinks: OpenSinks;
  readonly #pipeline: Pipeline;
  readonly #coordinator: Coordinator;
  /** Given when nobody should wait for anything any more. */
  readonly #leaving = new AbortController();
  readonly #broken: Promise<never>;
  #break!: (cause: unknown) => void;
  #failure: { readonly cause: unknown } | undefined;
  #intakes: readonly Intake[] = [];
  #pump: Pump | undefined;
  #isOver = false;
  /** What a sink notes now is noted behind it, also before it is stored. */
  #lastCut: string | undefined;
  /** Whether the deciding sink knew which checkpoint it had committed last. */
  #isDecided = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    const { layout, settings, store, run, clock, meter } = options;
    this.#broken = new Promise((_, reject) => (this.#break = reject));
    // Somebody else may be the first to learn of it.
    this.#broken.catch(() => {});
    this.#sinks = new OpenSinks(sinksOf(layout), settings.store !== undefined, settings);
    this.#pipeline = this.#link();
    this.#coordinator = new Coordinator({
      run,
      store,
      clock,
      sinks: this.#sinks,
      everyMs: settings.everyMs,
      activity: () => this.#activity,
      cut: (id) => this.#cut(id),
      forget: (positions) => this.#forget(positions),
      wake: () => this.#pump?.wake(),
      fail: (cause) => this.#fail(cause),
      completed: (metrics) => {
        meter.checkpointed(metrics);
        this.#options.completed();
      },
    });
    meter.watch(this.#pipeline, this.#sinks);
  }

  /** @throws what it failed with; it has to be closed then, too. */
  async run(): Promise<Ending> {
    return await Promise.race([this.#work(), this.#broken]);
  }

  /** Ends at once: what is not durable stays where it is. */
  leave(cause: unknown): void {
    this.#fail(cause);
  }

  /** Closes what is open, and gives up what is not committed. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#coordinator.close();
    this.#leaving.abort();
    this.#pipeline.close();
    const closing = [...this.#intakes.map(({ reader }) => reader), ...this.#sinks.all].map((each) => each.close());
    const all = Promise.allSettled(closing);
    const late = new Promise<'late'>((resolve) => {
      const timer = setTimeout(() => resolve('late'), closeWithinMs);
      void all.then(() => clearTimeout(timer));
    });
    const results = await Promise.race([all, late]);
    if (results === 'late') {
      const message = `something that was open did not close within ${closeWithinMs} ms; the job is over without it`;
      this.#options.warn({ code: 'ML_NOT_CLOSED', message });
      return;
    }
    for (const result of results) {
      if (result.status === 'rejected' && this.#failure === undefined) throw result.reason;
    }
  }

  async #work(): Promise<Ending> {
    const recovered = await this.#recover();
    if (recovered !== undefined) this.#pipeline.fits(recovered.snapshot);
    this.#lastCut = recovered?.id;
    this.#refuseLostSinks(recovered);
    await this.#sinks.open((sink) => this.#sinkRequest(sink, recovered));
    // Whoever has left meanwhile has closed everything, and would not learn of a reader.
    this.#check();
    if (recovered !== undefined && !isBlank(recovered)) {
      this.#pipeline.restore(recovered.snapshot);
      this.#pipeline.countOn(recovered.tallies);
    }
    if (recovered?.standing === 'prepared') await this.#options.store.mark(recovered.id, 'committed');
    this.#openReaders(recovered);
    if (recovered?.finished === true) return await this.#confirmEnd();
    if (!this.#isDecided && this.#sinks.decider !== undefined) await this.#firstCheckpoint(recovered);
    this.#coordinator.start();
    return await this.#flow();
  }

  async #flow(): Promise<Ending> {
    const { settings, stopping } = this.#options;
    const pump = new Pump({
      pipeline: this.#pipeline,
      intakes: this.#intakes,
      signal: stopping,
      atEnd: settings.atEnd,
      credit: () => {
        this.#check();
        return this.#sinks.credit();
      },
      creditEvery: settings.maxRows,
      between: () => this.#coordinator.between(),
      rest: () => void this.#sinks.flush().catch((cause: unknown) => this.#fail(cause)),
      paused: (ms) => this.#options.meter.paused(ms),
    });
    this.#pump = pump;
    const fires = (await pump.run()) === 'ended' && (settings.atEnd === 'fire' || this.#pipeline.over);
    this.#check();
    // Under a checkpoint the time of an input that has ended stands at its end: from there nobody could go on.
    const finished = fires && (await pump.end(settings.store === undefined ? stopping : undefined));
    if (!fires) await pump.drain();
    this.#check();
    await this.#coordinator.last(finished);
    this.#check();
    return stopping.aborted && !finished ? 'stopped' : 'completed';
  }

  /**
   * The first checkpoint of a deciding sink holds nothing new: behind it the sink always knows which one it committed last.
   * One that was stored, and then never committed, is not enough: the next one to be prepared would be in doubt.
   */
  async #firstCheckpoint(recovered: Checkpoint | undefined): Promise<void> {
    const { store, run } = this.#options;
    const id = `${run}-0`;
    const positions = recovered?.positions ?? {};
    const nothing = { positions, snapshot: this.#pipeline.snapshot(), tallies: this.#pipeline.tallies };
    this.#lastCut = id;
    const sinks = await this.#sinks.cut(id);
    await store.store({ id, standing: 'prepared', finished: false, ...nothing, sinks });
    await this.#sinks.decider?.commit(id);
    await store.mark(id, 'committed');
    await this.#sinks.commitFollowers(id);
  }

  async #recover(): Promise<Checkpoint | undefined> {
    const { layout, store, settings, warn } = this.#options;
    const { decider } = this.#sinks;
    const request = { job: settings.name, signal: this.#leaving.signal };
    const decided = decider === undefined ? 'nobody decides' : await decider.sink.decide?.(request);
    this.#isDecided = decided !== undefined;
    const listed = await store.list();
    const follow = this.#sinks.all.every(({ sink }) => sink.traits.guarantee !== 'repeats');
    const found = recover(listed, { decided, canGoBack: follow && canGoBack(layout) });
    if (found?.warning !== undefined) warn({ code: 'ML_CHECKPOINT_CORRUPT', message: found.warning });
    return found?.checkpoint;
  }

  /** A sink that the chain has no more cannot be taken back to the checkpoint. */
  #refuseLostSinks(recovered: Checkpoint | undefined): void {
    if (recovered === undefined) return;
    const known = new Set(this.#sinks.all.map(({ name }) => name));
    const lost = Object.keys(recovered.sinks).filter((name) => !known.has(name));
    if (lost.length === 0) return;
    const what = `run: the checkpoint ${recovered.id} is of another chain: no sink fits ${lost.join(', ')}`;
    throw new StreamError(
      'ML_SNAPSHOT',
      `${what}; take the change back, or begin anew with another name or an empty store`,
    );
  }

  async #sinkRequest(
    { name }: OpenSink,
    recovered: Checkpoint | undefined,
  ): Promise<Parameters<Sink<never>['open']>[0]> {
    const { store, settings, clock } = this.#options;
    return {
      job: settings.name,
      state: recovered?.sinks[name],
      signal: this.#leaving.signal,
      clock,
      checkpointed: settings.store !== undefined,
      wantsCheckpoint: () => this.#coordinator.want(),
      note: (state) => store.note(name, state, this.#lastCut),
      notes: await store.notes(name, recovered?.id),
    };
  }

  #openReaders(recovered: Checkpoint | undefined): void {
    const { layout, settings, stopping, clock } = this.#options;
    const isBeginning = recovered === undefined || isBlank(recovered);
    const isStateGone = isBeginning && settings.store !== undefined && isStateful(layout);
    this.#intakes = this.#pipeline.heads.map((head, index) => {
      const input = layout.inputs[index]!.input as Input;
      const positions = recovered?.positions[head.node.name] ?? {};
      const request: SourceRequest = {
        job: settings.name,
        positions,
        ...(isStateGone ? { isStateGone } : {}),
        fields: fieldsRead(layout, head.index),
        signal: stopping,
        clock,
        notice: (notice) => this.#heed(notice, head.node.name, () => reader),
      };
      const reader: SourceReader<unknown> = openReader(input, request, this.#pipeline.idleAfter(head));
      return { head, reader, positions, live: isLive(input) };
    });
    this.#options.meter.read(this.#intakes);
  }

  /** The windows of a finished job have fired: what came to its input since belongs to none of them. */
  async #confirmEnd(): Promise<Ending> {
    const { layout } = this.#options;
    for (const [index, { reader }] of this.#intakes.entries()) {
      const { name, input } = layout.inputs[index]!;
      const nobodyKnows = !canGoBack({ inputs: [layout.inputs[index]!] });
      for (;;) {
        const event = nobodyKnows || input === undefined ? undefined : await reader.next();
        if (event?.done === true) break;
        const batch = event?.value.kind === 'batch' ? event.value.batch : undefined;
        if (!nobodyKnows && (batch?.records.length ?? 0) + (batch?.unreadable?.length ?? 0) === 0) continue;
        const why = nobodyKnows ? 'may have more, which nobody can tell' : 'has grown since';
        const cure = "run with `atEnd: 'keep'` where input comes in instalments, or begin anew with another name";
        throw new StreamError(
          'ML_FINISHED',
          `run: the job has finished and its windows have fired, but ${name} ${why}; ${cure}`,
        );
      }
    }
    return 'completed';
  }

  #link(): Pipeline {
    const { layout, settings, engine: choice, clock, warn } = this.#options;
    const { plan, policies, sinks } = layout;
    const engine = engineFor(layout, choice);
    const nodes = plan.nodes.flatMap((node, index) => (node.kind === 'output' ? [index] : []));
    return new engine.Pipeline(
      plan,
      {
        clock,
        outlets: sinks.map((sink, index) => this.#outlet(sink as Sink<never>, nodes[index] as number)),
        reject: (node, rejection) =>
          applyPolicy(policies[node], rejection, (sink, each) => this.#sinks.writeLetter(sink, each)),
        fail: (cause) => this.#fail(cause),
        inPieces: true,
        maxHeldBytes: settings.maxHeldBytes,
        ...(settings.store === undefined ? {} : { checkpointed: true }),
        wake: () => this.#pump?.wake(),
        warn: (node, message) => {
          const step = plan.nodes[node]?.name;
          warn({ code: 'ML_HELD', message, ...(step === undefined ? {} : { step }) });
        },
      },
      engine.parts,
    );
  }

  /** The edge towards a sink: a row that its format cannot write is a bad record, not the end of the world. */
  #outlet(sink: Sink<never>, node: number): Outlet {
    const open = this.#sinks.of(sink);
    return {
      next: (row, timestamp) => {
        try {
          open.write(row, timestamp);
        } catch (cause: unknown) {
          const refusal = { kind: 'invalid', rule: `a row for ${sink.name}`, received: row, cause } as const;
          this.#pipeline.rejectRow(node, row, timestamp, refusal);
        }
      },
    };
  }

  get #activity(): number {
    const ofReaders = this.#intakes.reduce((sum, { reader }) => sum + (reader.activity ?? 0), 0);
    return (this.#pump?.activity ?? 0) + this.#sinks.written + ofReaders;
  }

  #cut(id: string): Cut {
    this.#lastCut = id;
    const swept = this.#pump!.positions;
    const positions = this.#intakes.map(({ head, reader }, index) => {
      const behind = swept[index]!;
      return [head.node.name, reader.cut?.(behind) ?? behind] as const;
    });
    return {
      positions: Object.fromEntries(positions),
      snapshot: this.#pipeline.snapshot(),
      tallies: this.#pipeline.tallies,
    };
  }

  async #forget(positions: Checkpoint['positions']): Promise<void> {
    await Promise.all(this.#intakes.map(({ head, reader }) => reader.commit(positions[head.node.name] ?? {})));
  }

  /** What a source cannot wait to say. */
  #heed(notice: SourceNotice, step: string, reader: () => SourceReader<unknown>): void {
    if (notice.kind === 'warning') this.#options.warn({ code: 'ML_SOURCE', message: notice.message, step });
    else if (notice.kind === 'checkpoint') this.#coordinator.want();
    else if (notice.kind === 'release') {
      this.#coordinator.want(async () => reader().release?.(notice.partitions));
    } else {
      const what = `the partitions ${notice.partitions.join(', ')} are somebody else's now`;
      this.#fail(new ConnectorError('run', what, { retryable: true }));
    }
  }

  #fail(cause: unknown): void {
    if (this.#isOver) return;
    this.#failure ??= { cause };
    this.#break(cause);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}
