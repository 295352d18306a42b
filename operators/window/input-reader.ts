import type { Accumulators } from '../../core/accumulators.ts';
import { mayCompile } from '../../core/compile.ts';
import { isMissing } from '../../core/missing.ts';
import type { Refusal } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Row } from '../../core/row.ts';
import {
  type AggregateInput,
  aggregateInputs,
  failureOf,
  fallibleOf,
  type NamedAggregate,
} from './aggregate-inputs.ts';
import { compiledReader } from './compiled-reader.ts';
import { PlainReader } from './plain-reader.ts';
import type { RecordReader } from './record-reader.ts';

/** The aggregates of a window at work: reads off records what they want, each field once, and adds it to a cell. */
export class InputReader {
  readonly inputs: readonly AggregateInput[];
  /** Of all inputs. */
  readonly accumulators: readonly Accumulators[];
  readonly records: RecordReader;
  readonly #fallible: readonly Accumulators[];

  constructor(aggregates: readonly NamedAggregate[], parts: Parts, allowed: boolean = mayCompile) {
    this.inputs = aggregateInputs(aggregates, parts);
    this.accumulators = this.inputs.flatMap((input) => input.accumulators);
    this.records = allowed ? compiledReader(this.inputs) : new PlainReader(this.inputs);
    this.#fallible = fallibleOf(this.inputs);
  }

  /** Reads a record. Why the aggregates cannot use it: asked before any of them sees anything of it. */
  refusal(value: unknown): Refusal | undefined {
    return this.records.refusal(value);
  }

  /** Why the record that was read cannot be added to the cell, -1 for a new one: asked right before it is added. */
  failure(cell: number, value: unknown, timestamp: number): Refusal | undefined {
    return this.#fallible.length === 0 ? undefined : failureOf(this.#fallible, cell, value, timestamp);
  }

  /** Adds the record that was read. */
  add(cell: number, value: unknown, timestamp: number): void {
    this.records.add(cell, value, timestamp);
  }

  /**
   * Adds a record that a cell of its own has already. What can be taken back is merged from there: the slice that takes it back
   * must hold the very same, the place among all that came included.
   */
  addOwn(cell: number, own: number, value: unknown, timestamp: number): void {
    for (const { field, accumulators } of this.inputs) {
      const part = field === undefined ? value : (value as Row | null | undefined)?.[field];
      if (field !== undefined && isMissing(part)) continue;
      for (const each of accumulators) {
        if (each.subtract === undefined) each.add(cell, part, timestamp);
        else each.merge(cell, own);
      }
    }
  }

  grow(capacity: number): void {
    for (const each of this.accumulators) each.grow(capacity);
  }

  clear(cell: number): void {
    const { accumulators } = this;
    for (let i = 0; i < accumulators.length; i++) (accumulators[i] as Accumulators).clear(cell);
  }

  merge(into: number, from: number): void {
    const { accumulators } = this;
    for (let i = 0; i < accumulators.length; i++) (accumulators[i] as Accumulators).merge(into, from);
  }
}

/** What a window says of a record that it cannot place. */
export function noTimestamp(received: unknown): Refusal {
  return { kind: 'invalid', rule: 'a record with a timestamp', received };
}
