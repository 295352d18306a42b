import type { Key } from '../../core/key.ts';
import { isMissing } from '../../core/missing.ts';
import { Processor } from '../../core/processor.ts';
import { type Row, RowExtender } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { LastValues, type LastValuesState } from './last-values.ts';

export interface FillMissingRecipe {
  readonly fields: readonly FieldFill[];
}

export type FieldFill =
  | { readonly name: string; readonly method: 'value'; readonly value: unknown }
  /** `limit`: so many records of a gap are filled; +Infinity: all of them. */
  | { readonly name: string; readonly method: 'previous'; readonly limit: number };

export function makeFillMissing({ fields }: FillMissingRecipe): Processor {
  return new FillMissingProcessor(fields.map(fillAtWork));
}

/** A field at work. */
interface FillAtWork {
  readonly name: string;
  readonly value: unknown;
  readonly last: LastValues | undefined;
  readonly row: RowExtender;
}

class FillMissingProcessor extends Processor {
  readonly #fills: readonly FillAtWork[];
  readonly #given: [unknown] = [null];
  /** Ids of the keys that have state, in the order they got it; 1 in the other at each of them. */
  readonly #held: number[] = [];
  readonly #isHeld: (1 | undefined)[] = [];

  constructor(fills: readonly FillAtWork[]) {
    super();
    this.#fills = fills;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    let row = value as Row;
    const fills = this.#fills;
    for (let index = 0; index < fills.length; index++) {
      const { name, value: constant, last, row: rows } = fills[index] as FillAtWork;
      const present = row[name];
      if (isMissing(present)) {
        const fill = last === undefined ? constant : last.fill(key.id);
        if (fill === undefined) continue;
        this.#given[0] = fill;
        row = rows.extend(row, this.#given);
      } else if (last !== undefined) {
        if (this.#isHeld[key.id] === undefined) this.#hold(key);
        last.keep(key.id, present);
      }
    }
    this.counts.passed++;
    this.next.record(row, timestamp, key);
  }

  override snapshot(): Iterable<Piece> {
    const ids = this.#held;
    const fields = this.#fills.map(({ last }) => last?.snapshot(ids) ?? null);
    return [{ keys: Int32Array.from(ids), fields }];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const { keys, fields } of pieces) {
      const ids = [...(keys as Int32Array)];
      for (const id of ids) this.#hold(this.keys!.at(id));
      const states = fields as readonly (LastValuesState | null)[];
      this.#fills.forEach(({ last }, index) => {
        const state = states[index];
        if (state !== null && state !== undefined) last?.restore(ids, state);
      });
    }
  }

  #hold(key: Key): void {
    this.keys!.hold(key);
    this.#held.push(key.id);
    this.#isHeld[key.id] = 1;
  }
}

function fillAtWork(fill: FieldFill): FillAtWork {
  return {
    name: fill.name,
    value: fill.method === 'value' ? fill.value : undefined,
    last: fill.method === 'previous' ? new LastValues(fill.limit) : undefined,
    row: new RowExtender([fill.name]),
  };
}
