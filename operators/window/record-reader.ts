import type { Key } from '../../core/key.ts';
import type { Counts } from '../../core/ledger.ts';
import type { Refusal } from '../../core/processor.ts';

/** Whose cells records go into. */
export interface CellPlacer {
  readonly counts: Counts;
  /** The cell of a record whose cell is not known; -1 where nothing is left to do with it. */
  place(value: unknown, timestamp: number, key: Key): number;
  /** The aggregates cannot use the record. */
  refuse(value: unknown, timestamp: number, refusal: Refusal): void;
}

/** Reads what aggregates want off a record, each field once, and adds it to a cell. */
export interface RecordReader {
  /** Reads a record. Answers why the aggregates cannot use it: asked before any of them sees anything of it. */
  refusal(value: unknown): Refusal | undefined;
  /** Adds the record that was read last. */
  add(cell: number, value: unknown, timestamp: number): void;
  /** Both in one: where the cell is -1 the placer is asked in between. Counts what goes in. */
  take(placer: CellPlacer, cell: number, value: unknown, timestamp: number, key: Key): void;
}
