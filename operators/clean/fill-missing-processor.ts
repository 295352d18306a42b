import type { Key } from '../../core/key.ts';
import { isMissing } from '../../core/missing.ts';
import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import { KeyedProcessor } from '../../core/keyed-processor.ts';
import type { Processor } from '../../core/processor.ts';
import { FieldExtender, type Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { LastValues, type LastValuesState } from './last-values.ts';

export interface FillMissingRecipe extends KeyLimitsRecipe {
  readonly fields: readonly FieldFill[];
}

export type FieldFill =
  | { readonly name: string; readonly method: 'value'; readonly value: unknown }
  /** `limit`: so many records of a gap are filled; +Infinity: all of them. */
  | { readonly name: string; readonly method: 'previous'; readonly limit: number };

export function makeFillMissing(options: FillMissingRecipe): Processor {
  return new FillMissingProcessor(options);
}

/** A field at work. */
interface FillAtWork {
  readonly name: string;
  readonly value: unknown;
  readonly last: LastValues | undefined;
  readonly row: FieldExtender;
}

class FillMissingProcessor extends KeyedProcessor {
  readonly #fills: readonly FillAtWork[];
  /** By id: 1 where the key has state. */
  readonly #isHeld: (1 | undefined)[] = [];

  constructor(options: FillMissingRecipe) {
    super(options);
    this.#fills = options.fields.map(fillAtWork);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    this.counts.passed++;
    if (this.limited) this.seen(key, timestamp);
    let row = value as Row;
    const fills = this.#fills;
    for (let index = 0; index < fills.length; index++) {
      const { name, value: constant, last, row: rows } = fills[index] as FillAtWork;
      const present = row[name];
      if (isMissing(present)) {
        const fill = last === undefined ? constant : last.fill(key.id);
        if (fill === undefined) continue;
        row = rows.extend(row, fill);
      } else if (last !== undefined) {
        if (this.#isHeld[key.id] === undefined) {
          this.keep(key, timestamp);
          this.#isHeld[key.id] = 1;
        }
        last.keep(key.id, present);
      }
    }
    this.next.record(row, timestamp, key);
  }

  override snapshot(): Iterable<Piece> {
    const fields = this.#fills.map(({ last }) => last?.snapshot(this.ids) ?? null);
    return [{ ...this.keysSnapshot(), fields }];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const { fields, ...keys } of pieces) {
      const ids = this.restoreKeys(keys);
      for (const id of ids) this.#isHeld[id] = 1;
      const states = fields as readonly (LastValuesState | null)[];
      this.#fills.forEach(({ last }, index) => {
        const state = states[index];
        if (state !== null && state !== undefined) last?.restore(ids, state);
      });
    }
  }

  protected override forget(id: number): Readonly<Record<string, unknown>> {
    this.#isHeld[id] = undefined;
    const known = this.#fills.flatMap(({ name, last }) =>
      last === undefined ? [] : [[name, last.forget(id)] as const],
    );
    return Object.fromEntries(known);
  }
}

function fillAtWork(fill: FieldFill): FillAtWork {
  return {
    name: fill.name,
    value: fill.method === 'value' ? fill.value : undefined,
    last: fill.method === 'previous' ? new LastValues(fill.limit) : undefined,
    row: new FieldExtender(fill.name),
  };
}
