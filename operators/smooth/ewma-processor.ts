import { grown, picked, placed } from '../../core/columns.ts';
import type { Key } from '../../core/key.ts';
import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import { KeyedProcessor } from '../../core/keyed-processor.ts';
import type { Processor } from '../../core/processor.ts';
import { FieldExtender, isRow } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { isAverageItem, noAverageItem } from './average-item.ts';

export interface EwmaRecipe extends KeyLimitsRecipe {
  /** Nothing: the records are the numbers. */
  readonly field: string | undefined;
  readonly as: string;
  readonly alpha: number;
  readonly adjust: boolean;
  readonly ageMissing: boolean;
  readonly minPeriods: number;
}

export function makeEwma(options: EwmaRecipe): Processor {
  return new EwmaProcessor(options);
}

/**
 * By key: the average so far, the weight of the past against the next value, and how many values there were. The past
 * weighs 1 without `adjust`, and less after missing values that age it.
 */
class EwmaProcessor extends KeyedProcessor {
  readonly #field: string | undefined;
  readonly #alpha: number;
  readonly #adjust: boolean;
  readonly #ageMissing: boolean;
  readonly #minPeriods: number;
  readonly #rows: FieldExtender;
  #means = new Float64Array(0);
  #weights = new Float64Array(0);
  /** NaN where the key has no state. */
  #seen = new Float64Array(0);

  constructor(options: EwmaRecipe) {
    super(options);
    this.#field = options.field;
    this.#alpha = options.alpha;
    this.#adjust = options.adjust;
    this.#ageMissing = options.ageMissing;
    this.#minPeriods = options.minPeriods;
    this.#rows = new FieldExtender(options.as);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    const field = this.#field;
    if (field === undefined) {
      if (!isAverageItem(value)) this.context.reject(this, value, timestamp, noAverageItem(field, value));
      else this.next.record(this.#average(value, timestamp, key), timestamp, key);
      return;
    }
    if (!isRow(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    // Read by itself: where the field and the record may be the same variable, every number is made an object.
    const item = value[field];
    if (!isAverageItem(item)) {
      this.context.reject(this, value, timestamp, noAverageItem(field, item));
      return;
    }
    const row = this.#rows.extend(value, this.#average(item, timestamp, key));
    this.next.record(row, timestamp, key);
  }

  override snapshot(): Iterable<Piece> {
    const { ids } = this;
    const [means, weights, seen] = [this.#means, this.#weights, this.#seen].map((column) => picked(column, ids));
    return [{ ...this.keysSnapshot(), means, weights, seen }];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const { means, weights, seen, ...keys } of pieces) {
      const ids = this.restoreKeys(keys);
      for (const id of ids) this.#grow(id);
      placed(this.#means, ids, means);
      placed(this.#weights, ids, weights);
      placed(this.#seen, ids, seen);
    }
  }

  protected override forget(id: number): Readonly<Record<string, unknown>> {
    const seen = this.#seen[id];
    const mean = seen === 0 ? null : this.#means[id];
    this.#means[id] = 0;
    this.#weights[id] = 0;
    this.#seen[id] = Number.NaN;
    return { mean, seen };
  }

  /** Of a record that goes on. */
  #average(item: unknown, timestamp: number, key: Key): number | null {
    this.counts.passed++;
    if (this.limited) this.seen(key, timestamp);
    // Also where the column has no such cell yet.
    if (!((this.#seen[key.id] as number) >= 0)) this.#begin(key, timestamp);
    return this.#next(key.id, item as number);
  }

  /** The average with the next item in it, or `null` where there are too few values. */
  #next(id: number, item: number): number | null {
    const before = this.#seen[id] as number;
    // A past that weighs 1, as it does without `adjust`: the next item has the weight `alpha`, and nothing need be divided.
    if (typeof item === 'number' && before > 0 && this.#weights[id] === 1 && !this.#adjust) {
      const mean = this.#means[id] as number;
      const next = mean + this.#alpha * (item - mean);
      // Neither a missing value, which is NaN, nor an overflow.
      if (next - next === 0) {
        this.#means[id] = next;
        this.#seen[id] = before + 1;
        return before + 1 >= this.#minPeriods ? next : null;
      }
    }
    return this.#weighted(id, item, before);
  }

  #weighted(id: number, item: number, before: number): number | null {
    const means = this.#means;
    const weights = this.#weights;
    // Missing: null, undefined or NaN.
    if (typeof item !== 'number' || item !== item) {
      if (before > 0 && this.#ageMissing) weights[id] = (weights[id] as number) * (1 - this.#alpha);
      return before >= this.#minPeriods && before > 0 ? (means[id] as number) : null;
    }
    const count = before + 1;
    this.#seen[id] = count;
    if (before === 0) {
      means[id] = item;
      weights[id] = 1;
    } else {
      const past = (weights[id] as number) * (1 - this.#alpha);
      const own = this.#adjust ? 1 : this.#alpha;
      const mean = means[id] as number;
      const weight = own / (past + own);
      const next = mean + weight * (item - mean);
      // The difference of two numbers may overflow where their average does not.
      means[id] = next - next === 0 ? next : (1 - weight) * mean + weight * item;
      weights[id] = this.#adjust ? past + own : 1;
    }
    return count >= this.#minPeriods ? means[id] : null;
  }

  #begin(key: Key, timestamp: number): void {
    this.keep(key, timestamp);
    this.#grow(key.id);
    this.#seen[key.id] = 0;
  }

  #grow(id: number): void {
    const before = this.#seen.length;
    if (id < before) return;
    const capacity = Math.max(16, 2 * before, id + 1);
    this.#means = grown(this.#means, capacity);
    this.#weights = grown(this.#weights, capacity);
    this.#seen = grown(this.#seen, capacity).fill(Number.NaN, before);
  }
}
