import { IdHeap } from '../../core/id-heap.ts';
import { furthestMs } from '../../core/instants.ts';
import type { Key } from '../../core/key.ts';
import { fireBudget, Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';
import { InputReader, noTimestamp } from './input-reader.ts';
import type { KeyWindows } from './limited-windows.ts';
import { windowRow, type WindowRowMaker } from './window-row.ts';

/**
 * Windows of which every key has one at a time, whose borders are those of the records in it. Those that fire together leave
 * by `windowEnd`, then in the order in which their keys were first seen.
 */
export abstract class OneWindowAKey extends Processor implements KeyWindows {
  protected readonly reader: InputReader;
  protected row!: WindowRowMaker;
  /** By key id: room for so many. */
  protected capacity = 0;
  /** Keys whose windows fire now. */
  readonly #ready = new IdHeap();
  readonly #where: string;
  readonly #aggregates: readonly NamedAggregate[];
  readonly #panes: boolean;
  /** At the end: the next key to look at. */
  #looked: number = Number.POSITIVE_INFINITY;
  #firing = false;
  #watermark: number = Number.NaN;
  #idle: boolean | undefined;

  constructor(where: string, aggregates: readonly NamedAggregate[], parts: Parts, panes = false) {
    super();
    this.#where = where;
    this.#aggregates = aggregates;
    this.#panes = panes;
    this.reader = new InputReader(aggregates, parts);
  }

  override open(): void {
    const { fields } = this.keys!;
    this.row = windowRow(this.#where, fields, this.#aggregates, this.reader.inputs, { panes: this.#panes });
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    // Somebody upstream emits in a loop and moves the time in between: what is due leaves before the record comes in.
    if (this.#firing) while (this.fire(fireBudget) === 'more');
    const unreadable = this.reader.refusal(value);
    if (unreadable !== undefined || !(Math.abs(timestamp) <= furthestMs)) {
      this.context.reject(this, value, timestamp, unreadable ?? noTimestamp(value));
      return;
    }
    if (key.id >= this.capacity) this.reserve(key.id);
    const failure = this.reader.failure(this.cellOf(key.id), value, timestamp);
    if (failure === undefined) this.take(value, timestamp, key);
    else this.context.reject(this, value, timestamp, failure);
  }

  override watermark(at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.#looked = 0;
    this.#watermark = at;
    this.goOn();
  }

  /** Rows that have still to leave go first. */
  override idle(on: boolean): void {
    if (this.#firing) this.#idle = on;
    else this.next.idle(on);
  }

  override fire(budget: number): 'done' | 'more' {
    this.#firing = true;
    for (let left = budget; !this.context.stopped; left--) {
      if (left === 0) return 'more';
      const fires = this.due();
      if (fires < 0 && this.#looked >= this.capacity && this.#ready.size === 0) break;
      if (fires >= 0) this.#fires(fires);
      else if (this.#looked < this.capacity) this.#look(this.#looked++);
      else {
        const id = this.#ready.first;
        this.#ready.remove(id);
        this.emit(this.keys!.at(id), this.#watermark === Number.POSITIVE_INFINITY ? 'on-time' : 'early');
      }
    }
    this.#firing = false;
    this.#looked = Number.POSITIVE_INFINITY;
    if (this.#watermark === this.#watermark) this.next.watermark(this.#watermark);
    if (this.#idle !== undefined) this.next.idle(this.#idle);
    this.#watermark = Number.NaN;
    this.#idle = undefined;
    return 'done';
  }

  abstract evict(id: number): Readonly<Record<string, unknown>>;

  /** Makes room for the key with this id. */
  protected reserve(id: number): void {
    if (id < this.capacity) return;
    this.capacity = Math.max(16, 2 * this.capacity, id + 1);
    this.grow(this.capacity);
  }

  /** Takes up the keys that had a window, and answers their ids. */
  protected restoreKeys(keys: unknown): number[] {
    const ids = [...(keys as Int32Array)];
    for (const id of ids) {
      this.reserve(id);
      this.keys!.hold(this.keys!.at(id));
    }
    return ids;
  }

  protected goOn(): void {
    if (!this.#firing && this.fire(fireBudget) === 'more') this.context.unfinished(this);
  }

  /** A key whose window is due before the end; -1 where there is none. It is not answered again. */
  protected due(): number {
    return -1;
  }

  /** Makes room for keys below `capacity`, with cells that are cleared. */
  protected abstract grow(capacity: number): void;
  /** The cell that a record of the key would be added to, or -1 for a new one. */
  protected abstract cellOf(id: number): number;
  protected abstract take(value: unknown, timestamp: number, key: Key): void;
  /** Whether the key has a window that fires at the end. */
  protected abstract isOpen(id: number): boolean;
  protected abstract endOf(id: number): number;
  protected abstract emit(key: Key, timing: 'early' | 'on-time'): void;

  #look(id: number): void {
    if (this.isOpen(id)) this.#fires(id);
  }

  #fires(id: number): void {
    this.#ready.set(id, this.endOf(id), this.keys!.at(id).order);
  }
}
