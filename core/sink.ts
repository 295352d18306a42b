import type { Clock } from './clock.ts';
import type { Plain } from './plain.ts';

declare const rowOf: unique symbol;

/** Where rows go. Making one opens nothing. */
export interface Sink<in T> {
  readonly name: string;
  /** For the compiler alone: no sink has it. */
  readonly [rowOf]?: (row: T) => void;
  readonly traits: SinkTraits;
  /**
   * Of one that decides, before anything is opened: shuts out its former self, then answers the last checkpoint that it
   * committed; nothing where there is none.
   */
  decide?(request: Pick<SinkRequest, 'job' | 'signal'>): Promise<string | undefined>;
  /** Opens it: fails with a `ConnectorError`, before the first record is read. */
  open(request: SinkRequest): Promise<SinkWriter<T>>;
}

export interface SinkTraits {
  /** It was told to be exactly once: a job without a checkpoint is refused. */
  readonly needsCheckpoint?: true;
  /**
   * What it does for exactly once. `decides`: it commits the checkpoint's id with its rows, and is asked after a crash.
   * `follows`: it can go back to any checkpoint that was decided. `repeats`: at least once.
   */
  readonly guarantee: 'decides' | 'follows' | 'repeats';
  /** A transaction that is open for longer is given up by the other side: checkpoints must come more often. */
  readonly transactionTimeoutMs?: number;
}

export interface SinkRequest {
  readonly job: string;
  /** What `cut` answered for the checkpoint that the job restarts from; nothing on a fresh start. */
  readonly state: SinkState | undefined;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Whether checkpoints outlive the process. Without them one that decides writes at least once, and is not asked to decide. */
  readonly checkpointed: boolean;
  /** Asks for a checkpoint soon: half of what the sink may hold between two of them is there. */
  readonly wantsCheckpoint: () => void;
  /** Writes something beside the checkpoints, durably, before it answers: a path that is about to be opened. */
  readonly note: (state: SinkState) => Promise<void>;
  /** Whatever was noted behind the checkpoint that the job restarts from, and behind later ones that it passed over. */
  readonly notes: readonly SinkState[];
}

/** Plain data of the sink's own that a checkpoint carries: a file's length, a transaction's name. */
export type SinkState = { readonly [detail: string]: Plain };

/**
 * An open sink. `write` takes a row at once; everything else waits for the outside world, one call at a time, and fails
 * with a `ConnectorError`.
 */
export interface SinkWriter<T> {
  /** Takes a row into memory. Never waits; never fails for the outside world's reasons. */
  write(row: T, timestamp: number): void;
  /** What has not left our memory: credit is held for it. */
  readonly buffered: { readonly records: number; readonly bytes: number };
  /**
   * Sends what is buffered: when it answers, `buffered` is what was written since the call. Of one that decides it is not
   * called between `cut` and `commit`: there is no transaction to send into.
   */
  send(): Promise<void>;
  /**
   * Sends all that was written before the call, and makes it durable, or for one that decides: ready to commit. Answers what
   * a checkpoint must hold to go back to here. What is written from now on belongs to the next checkpoint.
   */
  cut(checkpoint: string): Promise<SinkState>;
  /** The checkpoint is stored. One that decides commits its transaction now; one that follows shows what it kept back. */
  commit(checkpoint: string): Promise<void>;
  /** Closes what is open and gives up what is not committed; a job that goes on opens it again. Idempotent. */
  close(): Promise<void>;
}
