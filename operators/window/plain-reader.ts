import type { Accumulators } from '../../core/accumulators.ts';
import { isMissing } from '../../core/missing.ts';
import type { Refusal } from '../../core/processor.ts';
import type { Row } from '../../core/row.ts';
import type { AggregateInput } from './aggregate-inputs.ts';
import type { RecordReader, RecordTaker } from './record-reader.ts';

/** Goes through the list of inputs for each record. */
export class PlainReader implements RecordReader {
  readonly #inputs: readonly AggregateInput[];
  /** By input: what the record that was read last has there. */
  readonly #parts: unknown[];

  constructor(inputs: readonly AggregateInput[]) {
    this.#inputs = inputs;
    this.#parts = inputs.map(() => undefined);
  }

  refusal(value: unknown): Refusal | undefined {
    const inputs = this.#inputs;
    for (let i = 0; i < inputs.length; i++) {
      const { field, numeric } = inputs[i] as AggregateInput;
      if (field === undefined) continue;
      const part = (value as Row | null | undefined)?.[field];
      if (numeric && typeof part !== 'number' && part !== null && part !== undefined) return noNumber(field, part);
      this.#parts[i] = part;
    }
    return undefined;
  }

  add(cell: number, value: unknown, timestamp: number): void {
    const inputs = this.#inputs;
    for (let i = 0; i < inputs.length; i++) {
      const { field, accumulators } = inputs[i] as AggregateInput;
      const part = field === undefined ? value : this.#parts[i];
      if (field !== undefined && isMissing(part)) continue;
      for (let j = 0; j < accumulators.length; j++) (accumulators[j] as Accumulators).add(cell, part, timestamp);
    }
  }

  take(taker: RecordTaker, cell: number, value: unknown, timestamp: number): void {
    const refusal = this.refusal(value);
    if (refusal !== undefined) {
      taker.refuse(value, timestamp, refusal);
      return;
    }
    taker.counts.absorbed++;
    this.add(cell, value, timestamp);
  }
}

export function noNumber(field: string, received: unknown): Refusal {
  return { kind: 'invalid', field, rule: 'number', received };
}
