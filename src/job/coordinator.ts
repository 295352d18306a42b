import type { Checkpoint, OpenCheckpointStore } from '../../core/checkpoint.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenSinks } from './open-sinks.ts';
import type { CheckpointMetrics } from './report.ts';

/** The part of a checkpoint that is taken at the cut, within one call. */
export type Cut = Pick<Checkpoint, 'positions' | 'snapshot' | 'tallies'>;

export interface CoordinatorOptions {
  /** Ids are `<run>-<number>`. */
  readonly run: string;
  readonly store: OpenCheckpointStore;
  readonly sinks: OpenSinks;
  readonly clock: Clock;
  readonly everyMs: number;
  /** Grows with everything that happens: a checkpoint of a stream at rest would be the last one again. */
  readonly activity: () => number;
  /** Where every source and every step stands, now: for the checkpoint of this id. */
  readonly cut: (id: string) => Cut;
  /** Tells the sources that what stands before these positions may be forgotten. */
  readonly forget: (positions: Checkpoint['positions']) => Promise<void>;
  /** A checkpoint is due, and whoever reads should come by. */
  readonly wake: () => void;
  readonly fail: (cause: unknown) => void;
  readonly completed: (metrics: Omit<CheckpointMetrics, 'count'>) => void;
}

/**
 * Takes checkpoints, one at a time: the cut within one call, between two sweeps, while all sinks are at rest; then it waits
 * until every sink is durable, stores, has the deciding sink commit, then the others, and only then lets the sources forget.
 */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  #number = 0;
  #activity = Number.NaN;
  #isDue = false;
  /** What is to be done when the next checkpoint is complete. */
  #behind: (() => Promise<void>)[] = [];
  #underWay: Promise<void> | undefined;
  #cancel = (): void => {};
  #closed = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule();
  }

  /** The next cut is wanted as soon as it can be taken; `behind` is called when its checkpoint is complete. */
  want(behind?: () => Promise<void>): void {
    if (behind !== undefined) this.#behind.push(behind);
    if (this.#closed || this.#isDue) return;
    this.#isDue = true;
    this.#options.wake();
  }

  /** Asked between two sweeps, when nothing is unfinished: takes the cut that is due, or answers what it waits for. */
  between(): Promise<unknown> | undefined {
    if (!this.#isDue || this.#underWay !== undefined) return undefined;
    if (this.#activity === this.#options.activity() && this.#behind.length === 0) {
      this.#isDue = false;
      this.#schedule();
      return undefined;
    }
    const { busy } = this.#options.sinks;
    if (busy !== undefined) return busy;
    this.#take(false).catch((cause: unknown) => this.#options.fail(cause));
    return undefined;
  }

  /** One more behind everything, to be called between two sweeps when nothing comes any more. */
  async last(finished: boolean): Promise<void> {
    this.close();
    await this.#underWay;
    for (let { busy } = this.#options.sinks; busy !== undefined; { busy } = this.#options.sinks) await busy;
    await this.#take(finished);
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #take(finished: boolean): Promise<void> {
    this.#cancel();
    this.#isDue = false;
    const { run, sinks, clock, cut: cutNow } = this.#options;
    const behind = this.#behind;
    this.#behind = [];
    const [at, began] = [clock.now(), performance.now()];
    const id = `${run}-${++this.#number}`;
    const cut = cutNow(id);
    this.#activity = this.#options.activity();
    const states = sinks.cut(id);
    const pauseMs = performance.now() - began;
    this.#underWay = this.#complete(id, finished, cut, states)
      .then(async (bytes) => {
        for (const act of behind) await act();
        const tookMs = performance.now() - began;
        this.#options.completed({ id, at, bytes, pauseMs, tookMs });
        this.#schedule(tookMs);
      })
      .finally(() => {
        this.#underWay = undefined;
        if (this.#isDue) this.#options.wake();
      });
    return this.#underWay;
  }

  async #complete(id: string, finished: boolean, cut: Cut, states: ReturnType<OpenSinks['cut']>): Promise<number> {
    const { store, sinks, forget } = this.#options;
    const { decider } = sinks;
    const standing = decider === undefined ? 'committed' : 'prepared';
    const bytes = await store.store({ id, standing, finished, ...cut, sinks: await states });
    if (decider !== undefined) {
      await decider.commit(id);
      await store.mark(id, 'committed');
    }
    await sinks.commitFollowers(id);
    await forget(cut.positions);
    return bytes;
  }

  /** The next one, so long after the last, of which so much has passed. */
  #schedule(passedMs = 0): void {
    if (this.#closed) return;
    const { clock, everyMs } = this.#options;
    this.#cancel = clock.wakeAt(clock.now() + Math.max(0, everyMs - passedMs), () => this.want());
  }
}
