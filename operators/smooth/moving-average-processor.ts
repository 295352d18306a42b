import type { Key } from '../../core/key.ts';
import { Processor } from '../../core/processor.ts';
import { isRow, RowExtender } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { MovingSums } from './moving-sums.ts';

export interface MovingAverageRecipe {
  /** Nothing: the records are the numbers. */
  readonly field: string | undefined;
  readonly as: string;
  readonly over: number;
  readonly minPeriods: number;
}

export function makeMovingAverage(options: MovingAverageRecipe): Processor {
  return new MovingAverageProcessor(options);
}

class MovingAverageProcessor extends Processor {
  readonly #field: string | undefined;
  readonly #minPeriods: number;
  readonly #sums: MovingSums;
  readonly #rows: RowExtender;
  readonly #given: [unknown] = [null];

  constructor({ field, as, over, minPeriods }: MovingAverageRecipe) {
    super();
    this.#field = field;
    this.#minPeriods = minPeriods;
    this.#sums = new MovingSums(over);
    this.#rows = new RowExtender([as]);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const field = this.#field;
    if (field === undefined) {
      if (!this.#takes(value, value, timestamp)) return;
      const mean = this.#next(key, value);
      this.counts.passed++;
      this.next.record(mean, timestamp, key);
      return;
    }
    if (!isRow(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    const item = value[field];
    if (!this.#takes(item, value, timestamp)) return;
    this.#given[0] = this.#next(key, item);
    this.counts.passed++;
    this.next.record(this.#rows.extend(value, this.#given), timestamp, key);
  }

  override snapshot(): Iterable<Piece> {
    return [this.#sums.snapshot()];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      for (const id of this.#sums.restore(piece)) this.keys!.hold(this.keys!.at(id));
    }
  }

  /** Whether the item is a finite number or missing; else the record is rejected. */
  #takes(item: unknown, value: unknown, timestamp: number): boolean {
    if (typeof item === 'number' ? item - item === 0 || item !== item : item === null || item === undefined)
      return true;
    const named = this.#field === undefined ? {} : { field: this.#field };
    this.context.reject(this, value, timestamp, { kind: 'invalid', ...named, rule: 'a finite number', received: item });
    return false;
  }

  #next(key: Key, item: unknown): number | null {
    const sums = this.#sums;
    if (!sums.has(key.id)) {
      this.keys!.hold(key);
      sums.begin(key.id);
    }
    sums.push(key.id, typeof item === 'number' ? item : Number.NaN);
    const count = sums.count(key.id);
    return count < this.#minPeriods ? null : sums.sum(key.id) / count;
  }
}
