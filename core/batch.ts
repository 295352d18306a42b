import type { Plain } from './plain.ts';
import type { Fault, Origin } from './rejection.ts';

/** How far one partition has been read: plain data that only its source understands. Large numbers are texts. */
export type Position = { readonly [detail: string]: Plain };

/** How far every partition of a source has been read. */
export type Positions = Readonly<Record<string, Position>>;

/** Records as a transport hands them over, all of one partition, with the position behind each of them. */
export interface Batch<T = unknown> {
  readonly partition: string;
  readonly records: readonly T[];
  /** Event times in epoch ms, one a record, where the transport has them. */
  readonly timestamps?: ArrayLike<number>;
  /** What could not be made a record of, in the order of `before`. */
  readonly unreadable?: readonly Unreadable[];
  /** Bytes that the records hold in memory: credit is counted in them. */
  readonly bytes: number;
  /** Where to go on when the first `count` records, and what was unreadable before them, are done. */
  positionAfter(count: number): Position;
  /** Where record `index` came from. */
  origin(index: number): Origin | undefined;
}

export interface Unreadable extends Fault {
  /** It stood before the record of this index; the length of `records` where it came last. */
  readonly before: number;
  /** As much of it as is worth keeping. */
  readonly value: unknown;
  readonly cause?: unknown;
  readonly origin?: Origin;
  /** Whoever reads wants none of these: it counts as filtered, and nobody hears of it. */
  readonly skipped?: true;
}
