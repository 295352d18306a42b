import type { Accumulators } from '../../core/accumulators.ts';
import type { Key } from '../../core/key.ts';
import { isMissing } from '../../core/missing.ts';
import { fireBudget, Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { type AggregateInput, aggregateInputs, type NamedAggregate } from './aggregate-inputs.ts';
import { windowStart } from './assign.ts';
import { WindowCells } from './window-cells.ts';
import { type OpenWindow, OpenWindows } from './open-windows.ts';
import { windowRow, type WindowRowMaker } from './window-row.ts';

export interface TumblingWindowRecipe {
  readonly sizeMs: number;
  readonly offsetMs: number;
  readonly aggregates: readonly NamedAggregate[];
}

export function makeTumblingWindow(options: TumblingWindowRecipe, parts: Parts): Processor {
  return new TumblingWindowProcessor(options, parts);
}

/** One cell a key and open window; a window's cells leave together when the watermark has reached its end. */
class TumblingWindowProcessor extends Processor {
  readonly #sizeMs: number;
  readonly #offsetMs: number;
  readonly #aggregates: readonly NamedAggregate[];
  readonly #accumulators: readonly Accumulators[];
  readonly #inputs: readonly AggregateInput[];
  readonly #windows = new OpenWindows();
  #cells!: WindowCells;
  #row!: WindowRowMaker;
  #now: number = Number.NEGATIVE_INFINITY;
  /** While a window fires: how many of its rows have left. */
  #fired = 0;
  #firing = false;
  #idle: boolean | undefined;

  constructor({ sizeMs, offsetMs, aggregates }: TumblingWindowRecipe, parts: Parts) {
    super();
    this.#sizeMs = sizeMs;
    this.#offsetMs = offsetMs;
    this.#aggregates = aggregates;
    this.#inputs = aggregateInputs(aggregates, parts);
    this.#accumulators = this.#inputs.flatMap((input) => input.accumulators);
  }

  override open(): void {
    const keys = this.keys!;
    this.#cells = new WindowCells(keys, this.#accumulators);
    this.#row = windowRow('tumblingWindow', keys.fields, this.#aggregates, this.#inputs);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    // Somebody upstream emits in a loop and moves the time in between: what is due leaves before the record comes in.
    if (this.#firing) while (this.fire(fireBudget) === 'more');
    const inputs = this.#inputs;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i] as AggregateInput;
      if (!input.numeric) continue;
      const part = (value as Row | null | undefined)?.[input.field as string];
      if (typeof part !== 'number' && part !== null && part !== undefined) {
        const refusal = { kind: 'invalid', field: input.field as string, rule: 'number', received: part } as const;
        this.context.reject(this, value, timestamp, refusal);
        return;
      }
    }
    let cell = this.#cells.recent(key);
    const start = cell < 0 ? Number.NaN : (this.#cells.starts[cell] as number);
    if (!(timestamp >= start && timestamp < start + this.#sizeMs)) {
      cell = this.#cellOf(value, timestamp, key);
      if (cell < 0) return;
    }
    this.counts.absorbed++;
    for (let i = 0; i < inputs.length; i++) {
      const { field, accumulators } = inputs[i] as AggregateInput;
      const part = field === undefined ? value : (value as Row | null | undefined)?.[field];
      if (field !== undefined && isMissing(part)) continue;
      for (let j = 0; j < accumulators.length; j++) (accumulators[j] as Accumulators).add(cell, part, timestamp);
    }
  }

  override watermark(at: number): void {
    this.#now = at;
    if (this.#firing) return;
    if (!this.#windows.due(at)) this.next.watermark(at);
    else if (this.fire(fireBudget) === 'more') this.context.unfinished(this);
  }

  /** Rows that have still to leave go first. */
  override idle(on: boolean): void {
    if (this.#firing) this.#idle = on;
    else this.next.idle(on);
  }

  override fire(budget: number): 'done' | 'more' {
    this.#firing = true;
    let left = budget;
    while (this.#windows.due(this.#now) && !this.context.stopped) {
      left = this.#fireNext(left);
      if (left === 0) return 'more';
    }
    this.#firing = false;
    this.next.watermark(this.#now);
    if (this.#idle !== undefined) this.next.idle(this.#idle);
    this.#idle = undefined;
    return 'done';
  }

  override snapshot(): Iterable<Piece> {
    const cells = this.#windows.cells();
    return [{ now: this.#now }, ...(cells.length > 0 ? [this.#cells.snapshot(cells)] : [])];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if ('now' in piece) this.#now = piece['now'] as number;
      else for (const cell of this.#cells.restore(piece)) this.#join(cell);
    }
  }

  /** The cell of a record that does not fall into the window of its key's last one; -1 when it was refused. */
  #cellOf(value: unknown, timestamp: number, key: Key): number {
    if (Number.isNaN(timestamp)) {
      this.context.reject(this, value, timestamp, {
        kind: 'invalid',
        rule: 'a record with a timestamp',
        received: value,
      });
      return -1;
    }
    const start = windowStart(timestamp, this.#sizeMs, this.#offsetMs);
    const found = this.#cells.find(key, start);
    if (found >= 0) return found;
    if (start + this.#sizeMs - 1 <= this.#now) {
      const rule = `later than the watermark ${this.#now}, or in a window that is still open`;
      this.context.reject(this, value, timestamp, { kind: 'late', rule, received: timestamp });
      return -1;
    }
    const cell = this.#cells.add(key, start);
    this.#join(cell);
    return cell;
  }

  #join(cell: number): void {
    const start = this.#cells.starts[cell] as number;
    this.#windows.at(start, start + this.#sizeMs).add(cell, this.#cells.key(cell).order);
  }

  /** Fires up to `budget` rows of the window that ends first, and answers what is left of the budget. */
  #fireNext(budget: number): number {
    const window = this.#windows.first as OpenWindow;
    const { start, end } = window;
    const cells = window.ordered((cell) => this.#cells.key(cell).order);
    const until = Math.min(cells.length, this.#fired + budget);
    const left = budget - (until - this.#fired);
    while (this.#fired < until && !this.context.stopped) {
      const cell = cells[this.#fired++] as number;
      const key = this.#cells.key(cell);
      const row = this.#row(key, start, end, cell);
      this.#cells.remove(cell);
      this.counts.made++;
      this.next.record(row, end - 1, key);
    }
    if (this.#fired === cells.length) {
      this.#windows.removeFirst();
      this.#fired = 0;
    }
    return left;
  }
}
