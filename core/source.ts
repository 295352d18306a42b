import type { Batch, Positions } from './batch.ts';
import type { Clock } from './clock.ts';
import type { FieldUse } from './recipe.ts';

declare const recordOf: unique symbol;

/** Where records come from. Making one opens nothing. */
export interface Source<T> {
  readonly name: string;
  /** For the compiler alone: no source has it. */
  readonly [recordOf]?: T;
  readonly traits: SourceTraits;
  /** Opens it. What cannot be opened fails with a `ConnectorError` from the first `next`. */
  open(request: SourceRequest): SourceReader<T>;
  /** Only of one that several processes share: a job opens shares of it, never the whole. */
  readonly sharing?: Sharing<T>;
}

/** How processes share a source: each has some shares of it, with a state and checkpoints of their own. */
export interface Sharing<T> {
  /** The option that asked for it. */
  readonly option: string;
  /** Fields of a record that decide to which share it belongs; none where nobody can tell. */
  readonly partitionedBy: readonly string[];
  /** How long whoever had a share before may take to let it go; then it is shut out. */
  readonly graceMs: number;
  /** Opens nothing until `start`. */
  join(request: JoinRequest): Membership<T>;
}

export interface JoinRequest {
  /** These are this process's shares from now on, and no others. Told at any time behind `start`. */
  readonly assigned: (shares: ReadonlySet<string>) => void;
  /** It is over: nothing comes of any share. */
  readonly failed: (cause: unknown) => void;
}

export interface Membership<T> {
  /** Answers when this process is one of those that share; fails with a `ConnectorError`. */
  start(): Promise<void>;
  /** One share, as a source by itself. */
  share(name: string): Source<T>;
  /** Lets others have its shares. Idempotent. */
  close(): Promise<void>;
}

/** What a job has to know before it opens a source. */
export interface SourceTraits {
  /** Whether every record comes with a timestamp. */
  readonly timestamps: boolean;
  /** Whether it goes on for ever and speaks of now: a clock that is ahead is a danger. */
  readonly live: boolean;
  /** Whether a position can be opened again. `held`: only what is not committed comes back. */
  readonly replay: 'any' | 'held' | 'none';
  /** Records that `deliveries` may have given out before they are acknowledged. Default 1,000. */
  readonly inFlight?: number;
  /** A line for `explain()`: what a user should know about what may get lost. */
  readonly warning?: string;
  /** A line for `explain()`: what the guarantee rests on. */
  readonly about?: string;
  /** It keeps what came until it is told that it may forget it: a plain subscription tells it, too. Default: where it is `held`. */
  readonly keeps?: boolean;
}

export interface SourceRequest {
  /** Names the job: a consumer or a session may carry it. */
  readonly job: string;
  /** Where to begin; a partition that is not named begins where the source's own rules say. */
  readonly positions: Positions;
  /**
   * The chain has state, and its store holds no checkpoint: a position that is kept elsewhere belonged to state that is
   * gone, and must not be gone on from.
   */
  readonly isStateGone?: true;
  /** The fields that the chain reads: others need not be decoded. `'all'` where nobody can tell. */
  readonly fields: FieldUse['reads'];
  /** Stops a `next` that waits, at once. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told at any time, also while nobody asks for records. */
  readonly notice: (notice: SourceNotice) => void;
}

/**
 * What a source cannot wait to say. `checkpoint`: half of what it may hold unacknowledged is out. `release`: the partitions
 * are wanted elsewhere; take a checkpoint, then call `release`. `lost`: they are gone; what was read since the last
 * checkpoint is somebody else's, and the job goes back to it. `warning`: what a person should know and no record shows, such
 * as records that were gone before they could be read.
 */
export type SourceNotice =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'release'; readonly partitions: readonly string[]; readonly withinMs: number }
  | { readonly kind: 'lost'; readonly partitions: readonly string[] }
  | { readonly kind: 'warning'; readonly message: string };

/**
 * What happens at a source: records of a partition, or news of some. The first event is `opened`, with all partitions that
 * are known and where each begins; until then the input holds back everybody's time. Where there are none yet, it holds
 * back nobody's: a partition that comes later joins with its first batch, and what it brings from before is late. `empty`: we asked, for `askedMs` more,
 * and the partition had nothing: these add up to its being idle. Time in which the source could not ask is not told.
 */
export type SourceEvent<T> =
  | { readonly kind: 'batch'; readonly batch: Batch<T> }
  | { readonly kind: 'opened'; readonly positions: Positions }
  | { readonly kind: 'empty'; readonly partition: string; readonly askedMs: number }
  | { readonly kind: 'ended'; readonly partition: string };

/** An open source. Nothing is read that nobody asked for: one `next`, one event. */
export interface SourceReader<T> extends AsyncIterator<SourceEvent<T>, undefined> {
  /** `holding`: partitions of which a batch is still at hand; it gives no second one of those. */
  next(holding?: ReadonlySet<string>): Promise<IteratorResult<SourceEvent<T>, undefined>>;
  /**
   * What a checkpoint holds of it, asked at the cut: the positions behind what has been swept, and with them whatever else
   * has to be known to go on from there. Nothing where that is all.
   */
  cut?(positions: Positions): Positions;
  /** Grows when what `cut` answers changes though no record has come. */
  readonly activity?: number;
  /** The checkpoint that holds these positions is stored: the outside world may forget what came before. */
  commit(positions: Positions): Promise<void>;
  /** Lets partitions go, as a notice asked for: their checkpoint is stored. */
  release?(partitions: readonly string[]): Promise<void>;
  /** How far it is, where it has an end: for a person who waits. */
  progress?(): { readonly done: number; readonly total: number; readonly unit: string };
  /** Closes what is open. Idempotent. */
  close(): Promise<void>;
}
