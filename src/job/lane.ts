import { BatchSweep } from '../../core/batch-sweep.ts';
import type { Position, Positions } from '../../core/batch.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import type { SourceEvent } from '../../core/source.ts';
import type { Intake } from './pump.ts';

/** One input on its way into a pipeline: what it was asked, what it answered, and the batches that are at hand. */
export class Lane {
  readonly intake: Intake;
  /** Whether the input has said which partitions it has. */
  isOpen = false;
  /** Whether it has ended, and everything that it brought is swept. */
  ended = false;
  /** Settled when the question that is open has been answered. */
  answer: Promise<void> = Promise.resolve();
  isAsked = false;
  readonly #pipeline: Pipeline;
  /** Whether what has ended may go on another time, and what waits for its time should stay. */
  readonly #keeps: boolean;
  #positions: Record<string, Position>;
  readonly #sweeps = new Map<string, BatchSweep>();
  /** Partitions from which more may come. */
  readonly #open = new Set<string>();
  /** Partitions that have ended, and have not said so to the pipeline. */
  readonly #ending = new Set<string>();
  /** For how long partitions have been asked in vain: what the source told, added up. A record sets it back; a restart begins anew. */
  readonly #quietMs = new Map<string, number>();
  /** Partitions that have brought something. */
  readonly #spoke = new Set<string>();
  /** Where ends are kept: partitions that had nothing new. They do not hold back those that had. */
  #unheard: string[] = [];
  /** What the pipeline has to be told, in its order. */
  #signals: (() => void)[] = [];
  #arrived: IteratorResult<SourceEvent<unknown>, undefined> | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #over = false;

  constructor(pipeline: Pipeline, intake: Intake, atEnd: 'fire' | 'keep') {
    this.#pipeline = pipeline;
    this.#keeps = atEnd === 'keep';
    this.intake = intake;
    this.#positions = { ...intake.positions };
  }

  /** The batches at hand. */
  get sweeps(): readonly BatchSweep[] {
    return [...this.#sweeps.values()];
  }

  get positions(): Positions {
    for (const [partition, sweep] of this.#sweeps) this.#positions[partition] = sweep.position;
    return { ...this.#positions };
  }

  /** Whether an answer has come that nobody has taken. */
  get hasAnswer(): boolean {
    return this.#arrived !== undefined || this.#failure !== undefined;
  }

  /** Asks for more, unless a batch of every partition is at hand, or the last question is still open. */
  ask(): void {
    if (this.isAsked || this.#over || this.#arrived !== undefined) return;
    if (this.isOpen && [...this.#open].every((partition) => this.#sweeps.has(partition)) && this.#open.size > 0) return;
    this.isAsked = true;
    this.answer = this.intake.reader.next(new Set(this.#sweeps.keys())).then(
      (result) => {
        this.isAsked = false;
        this.#arrived = result;
      },
      (cause: unknown) => {
        this.isAsked = false;
        this.#failure = { cause };
      },
    );
  }

  /** Takes what has arrived and lets go of what is swept; answers what the pipeline is to be told, each as an act of its own. */
  take(): readonly (() => void)[] {
    if (this.#failure !== undefined) throw this.#failure.cause;
    for (const [partition, sweep] of this.#sweeps) {
      if (!sweep.isDone) continue;
      this.#positions[partition] = sweep.position;
      this.#sweeps.delete(partition);
      // The pipeline would keep the batch until the next one comes.
      this.#pipeline.begin(sweep.slot, undefined, 0);
    }
    const arrived = this.#arrived;
    this.#arrived = undefined;
    if (arrived?.done === true) this.#over = true;
    else if (arrived !== undefined) this.#event(arrived.value);
    for (const slot of this.#slotsThatEnd()) {
      this.#signals.push(() => this.intake.head.watermark(Number.POSITIVE_INFINITY, slot));
    }
    if (this.#spoke.size > 0) this.#leaveUnheard();
    const signals = this.#signals;
    this.#signals = [];
    return signals;
  }

  #leaveUnheard(): void {
    const { head } = this.intake;
    for (const partition of this.#unheard) this.#signals.push(() => head.idle(true, head.partition(partition)));
    this.#unheard = [];
  }

  #event(event: SourceEvent<unknown>): void {
    const { head } = this.intake;
    if (event.kind === 'opened') {
      // The first one is of all partitions; further ones are of those that came since.
      if (!this.isOpen) this.#positions = {};
      this.isOpen = true;
      for (const [partition, position] of Object.entries(event.positions)) {
        this.#open.add(partition);
        this.#positions[partition] = position;
        head.partition(partition);
      }
      if (this.#open.size === 0) this.#signals.push(() => head.isEmpty());
      // A partition of the checkpoint that is there no more will say nothing: it must not hold back the others.
      for (const gone of head.partitions) if (!this.#open.has(gone)) this.#ends(gone);
    } else if (event.kind === 'batch') {
      const { partition, records, unreadable = [] } = event.batch;
      this.isOpen = true;
      this.#open.add(partition);
      if (records.length + unreadable.length > 0) this.#speaks(partition);
      this.#sweeps.set(partition, new BatchSweep(this.#pipeline, head, event.batch));
    } else if (event.kind === 'empty') this.#isSilent(event.partition, event.askedMs);
    else {
      this.#open.delete(event.partition);
      this.#ends(event.partition);
    }
  }

  #ends(partition: string): void {
    if (!this.#keeps) this.#ending.add(partition);
    else if (!this.#spoke.has(partition)) this.#unheard.push(partition);
  }

  /** Whether that is long enough for it to be idle, the step that gives the time decides. */
  #isSilent(partition: string, askedMs: number): void {
    const { head } = this.intake;
    if (this.#sweeps.has(partition)) return;
    const quietMs = (this.#quietMs.get(partition) ?? 0) + askedMs;
    this.#quietMs.set(partition, quietMs);
    this.#signals.push(() => head.idle(true, head.partition(partition), quietMs));
  }

  #speaks(partition: string): void {
    const { head } = this.intake;
    this.#spoke.add(partition);
    if (this.#quietMs.delete(partition)) this.#signals.push(() => head.idle(false, head.partition(partition)));
  }

  #slotsThatEnd(): readonly number[] {
    const { head } = this.intake;
    if (this.#over && this.#sweeps.size === 0) {
      this.ended = true;
      return this.#keeps ? [] : head.slots;
    }
    const ready = [...this.#ending].filter((partition) => !this.#sweeps.has(partition));
    for (const partition of ready) this.#ending.delete(partition);
    return ready.map((partition) => head.partition(partition));
  }
}
