import type { Key } from '../../core/key.ts';
import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import { KeyedProcessor } from '../../core/keyed-processor.ts';
import type { Processor } from '../../core/processor.ts';
import { FieldExtender, isRow } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { isAverageItem, noAverageItem } from './average-item.ts';
import { MovingSums } from './moving-sums.ts';

export interface MovingAverageRecipe extends KeyLimitsRecipe {
  /** Nothing: the records are the numbers. */
  readonly field: string | undefined;
  readonly as: string;
  readonly over: number;
  readonly minPeriods: number;
}

export function makeMovingAverage(options: MovingAverageRecipe): Processor {
  return new MovingAverageProcessor(options);
}

class MovingAverageProcessor extends KeyedProcessor {
  readonly #field: string | undefined;
  readonly #minPeriods: number;
  readonly #sums: MovingSums;
  readonly #rows: FieldExtender;

  constructor(options: MovingAverageRecipe) {
    super(options);
    const { field, as, over, minPeriods } = options;
    this.#field = field;
    this.#minPeriods = minPeriods;
    this.#sums = new MovingSums(over);
    this.#rows = new FieldExtender(as);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const field = this.#field;
    if (field === undefined) {
      if (!isAverageItem(value)) {
        this.context.reject(this, value, timestamp, noAverageItem(field, value));
        return;
      }
      this.counts.passed++;
      const mean = this.#next(key, value, timestamp);
      this.next.record(mean, timestamp, key);
      return;
    }
    if (!isRow(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    const item = value[field];
    if (!isAverageItem(item)) {
      this.context.reject(this, value, timestamp, noAverageItem(field, item));
      return;
    }
    this.counts.passed++;
    const row = this.#rows.extend(value, this.#next(key, item, timestamp));
    this.next.record(row, timestamp, key);
  }

  override snapshot(): Iterable<Piece> {
    return [{ ...this.keysSnapshot(), ...this.#sums.snapshot(this.ids) }];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      this.#sums.restore(this.restoreKeys(piece), piece);
    }
  }

  protected override forget(id: number): Readonly<Record<string, unknown>> {
    const state = { sum: this.#sums.sum(id), count: this.#sums.count(id) };
    this.#sums.end(id);
    return state;
  }

  #next(key: Key, item: unknown, timestamp: number): number | null {
    const sums = this.#sums;
    if (this.limited) this.seen(key, timestamp);
    if (!sums.has(key.id)) {
      this.keep(key, timestamp);
      sums.begin(key.id);
    }
    sums.push(key.id, typeof item === 'number' ? item : Number.NaN);
    const count = sums.count(key.id);
    return count < this.#minPeriods ? null : sums.sum(key.id) / count;
  }
}
