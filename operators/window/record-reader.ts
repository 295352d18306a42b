import type { Counts } from '../../core/ledger.ts';
import type { Refusal } from '../../core/processor.ts';

/** Whose cells records go into. */
export interface RecordTaker {
  readonly counts: Counts;
  /**
   * Of a record that is not as most are. It is left here for whoever looks at that: handed on, it would be made an object, and
   * the compiler does that where it cannot know yet which record it has, for each.
   */
  timestamp: number;
  /** The aggregates cannot use the record. */
  refuse(value: unknown, timestamp: number, refusal: Refusal): void;
}

/** Reads what aggregates want off a record, each field once, and adds it to a cell. */
export interface RecordReader {
  /** Reads a record. Answers why the aggregates cannot use it: asked before any of them sees anything of it. */
  refusal(value: unknown): Refusal | undefined;
  /** Adds the record that was read last. */
  add(cell: number, value: unknown, timestamp: number): void;
  /** Both in one. Counts what goes in. */
  take(taker: RecordTaker, cell: number, value: unknown, timestamp: number): void;
}
