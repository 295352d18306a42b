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
}

/** What a job has to know before it opens a source. */
export interface SourceTraits {
  /** Whether every record comes with a timestamp. */
  readonly timestamps: boolean;
  /** Whether it goes on for ever and speaks of now: a clock that is ahead is a danger. */
  readonly live: boolean;
  /** Whether a position can be opened again. `held`: only what is not committed comes back. */
  readonly replay: 'any' | 'held' | 'none';
  /** A line for `explain()`: what a user should know about what may get lost. */
  readonly warning?: string;
}

export interface SourceRequest {
  /** Names the job: a consumer or a session may carry it. */
  readonly job: string;
  /** Where to begin; a partition that is not named begins where the source's own rules say. */
  readonly positions: Positions;
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
 * checkpoint is somebody else's.
 */
export type SourceNotice =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'release'; readonly partitions: readonly string[]; readonly withinMs: number }
  | { readonly kind: 'lost'; readonly partitions: readonly string[] };

/**
 * What happens at a source: records of a partition, or news of one. `empty` says that we asked and there was nothing at
 * that moment: from then on the time in which a `next` waits counts towards its being idle, and no other time does.
 */
export type SourceEvent<T> =
  | { readonly kind: 'batch'; readonly batch: Batch<T> }
  | { readonly kind: 'opened' | 'empty' | 'ended'; readonly partition: string };

/** An open source. Nothing is read that nobody asked for: one `next`, one event. */
export interface SourceReader<T> extends AsyncIterator<SourceEvent<T>, undefined> {
  next(): Promise<IteratorResult<SourceEvent<T>, undefined>>;
  /** The checkpoint that holds these positions is stored: the outside world may forget what came before. */
  commit(positions: Positions): Promise<void>;
  /** Lets partitions go, as a notice asked for: their checkpoint is stored. */
  release?(partitions: readonly string[]): Promise<void>;
  /** How far it is, where it has an end: for a person who waits. */
  progress?(): { readonly done: number; readonly total: number; readonly unit: string };
  /** Closes what is open. Idempotent. */
  close(): Promise<void>;
}
