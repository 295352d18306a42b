import { furthestMs } from '../../core/instants.ts';
import type { Key } from '../../core/key.ts';
import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import { fireBudget, Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';
import { Watermarks } from '../../core/watermarks.ts';
import type { NamedAggregate } from './aggregate-inputs.ts';
import { InputReader, noTimestamp } from './input-reader.ts';
import { type KeyWindows, limited } from './limited-windows.ts';
import { SessionCells } from './session-cells.ts';
import { SessionSchedule } from './session-schedule.ts';
import { windowLength } from './window-length.ts';
import type { Pane } from './window-options.ts';
import { windowRow, type WindowRowMaker } from './window-row.ts';
import { firesAgain, type WindowSettings } from './window-settings.ts';

export interface SessionWindowRecipe extends KeyLimitsRecipe {
  /** In ms, or a function that answers a duration. */
  readonly gap: number | ((value: never) => unknown);
  readonly settings: WindowSettings;
  readonly aggregates: readonly NamedAggregate[];
}

export function makeSessionWindow(options: SessionWindowRecipe, parts: Parts): Processor {
  return limited(new SessionWindowProcessor(options, parts), options);
}

const none = -1;

/**
 * One cell a session. A record that falls into its key's youngest session moves the end of that, and nothing else. Every
 * other looks for the sessions that it touches, and makes them one.
 */
class SessionWindowProcessor extends Processor implements KeyWindows {
  readonly #gapMs: number;
  readonly #gapOf: ((value: never) => unknown) | undefined;
  readonly #settings: WindowSettings;
  readonly #aggregates: readonly NamedAggregate[];
  readonly #reader: InputReader;
  readonly #processing: boolean;
  /** Whether a session may fire more than once. */
  readonly #panes: boolean;
  /** Fires early whenever so many records are new; +Infinity: never. */
  readonly #earlyCount: number;
  #cells!: SessionCells;
  #schedule!: SessionSchedule;
  #row!: WindowRowMaker;
  /** Those that the record under way joins, the youngest first. */
  readonly #touched: number[] = [];
  #watermark: number = Number.NEGATIVE_INFINITY;
  #firing = false;
  /** Whether the watermark has still to be passed on. */
  #passing = false;
  #idle: boolean | undefined;
  /** Where no step before gives the time: when the last of the source partitions has ended. */
  #partitions: Watermarks | undefined;

  constructor({ gap, settings, aggregates }: SessionWindowRecipe, parts: Parts) {
    super();
    this.#gapMs = typeof gap === 'number' ? gap : Number.NaN;
    this.#gapOf = typeof gap === 'function' ? gap : undefined;
    this.#settings = settings;
    this.#aggregates = aggregates;
    this.#reader = new InputReader(aggregates, parts);
    this.#processing = settings.clock === 'processing';
    this.#panes = firesAgain(settings);
    const { early } = settings;
    this.#earlyCount = early !== undefined && 'count' in early ? early.count : Number.POSITIVE_INFINITY;
  }

  override open(): void {
    const keys = this.keys!;
    const { early } = this.#settings;
    const ticks = early !== undefined && 'everyMs' in early && early.time === 'processing';
    this.#cells = new SessionCells(keys, this.#reader, { paned: this.#panes, ticks });
    this.#schedule = new SessionSchedule(this.#cells, this.#settings);
    this.#row = windowRow('sessionWindow', keys.fields, this.#aggregates, this.#reader.inputs, { panes: this.#panes });
    if (!this.context.isTimed(this)) this.#partitions = new Watermarks();
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    // Somebody upstream emits in a loop and moves the time in between: what is due leaves before the record comes in.
    if (this.#firing) while (this.fire(fireBudget) === 'more');
    const unreadable = this.#reader.refusal(value);
    if (unreadable !== undefined || (!this.#processing && !(Math.abs(timestamp) <= furthestMs))) {
      this.context.reject(this, value, timestamp, unreadable ?? noTimestamp(value));
      return;
    }
    const at = this.#processing ? this.#arrival() : timestamp;
    const end = at + (this.#gapOf === undefined ? this.#gapMs : this.#gap(value, timestamp, this.#gapOf));
    // The gap was refused.
    if (end !== end) return;
    const cells = this.#cells;
    let cell = cells.youngest(key);
    const before = cells.ends[cell] as number;
    if (at >= (cells.starts[cell] as number) && at <= before && before - 1 > this.#schedule.now) {
      if (this.#fails(cell, value, timestamp)) return;
      if (end > before) cells.ends[cell] = end;
    } else {
      cell = this.#place(value, timestamp, key, at, end);
      if (cell === none) return;
    }
    this.counts.absorbed++;
    this.#reader.add(cell, value, timestamp);
    if (this.#touched.length > 0) cell = this.#join(cell);
    if (this.#panes) this.#fireByRecord(cell);
  }

  override watermark(at: number): void {
    if (this.#partitions !== undefined) {
      this.#partitions.advance(this.context.slot, at);
      if (this.#partitions.merged !== Number.POSITIVE_INFINITY) {
        this.next.watermark(at);
        return;
      }
    }
    this.#watermark = at;
    this.#passing = true;
    if (!this.#processing || at === Number.POSITIVE_INFINITY) this.#schedule.now = at;
    if (this.#schedule.ticking === 'event') this.#schedule.tickedAt = at;
    this.#goOn();
  }

  /** Rows that have still to leave go first. */
  override idle(on: boolean): void {
    this.#partitions?.idle(this.context.slot, on);
    if (this.#firing) this.#idle = on;
    else this.next.idle(on);
  }

  override onTime(now: number): void {
    const schedule = this.#schedule;
    if (this.#processing && now - 1 > schedule.now) schedule.now = now - 1;
    if (schedule.ticking === 'processing' && now > schedule.tickedAt) schedule.tickedAt = now;
    this.#goOn();
  }

  override fire(budget: number): 'done' | 'more' {
    this.#firing = true;
    for (let left = budget; this.#schedule.due && !this.context.stopped; left--) {
      if (left === 0) return 'more';
      this.#act();
    }
    this.#firing = false;
    this.#arm();
    if (!this.#passing) return 'done';
    this.#passing = false;
    this.next.watermark(this.#watermark);
    if (this.#idle !== undefined) this.next.idle(this.#idle);
    this.#idle = undefined;
    return 'done';
  }

  override snapshot(): Iterable<Piece> {
    const { now, tickedAt, ids } = this.#schedule;
    const table = ids.length > 0 ? [{ ...this.#cells.snapshot(ids), ...this.#schedule.snapshot(ids) }] : [];
    return [{ now, tickedAt }, ...table];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if ('now' in piece) {
        this.#schedule.now = piece['now'] as number;
        this.#schedule.tickedAt = piece['tickedAt'] as number;
      } else this.#schedule.restore(this.#cells.restore(piece), piece);
    }
    this.#arm();
  }

  /** The oldest first; a session of which the next row would hold nothing is not among them. */
  evict(id: number): Readonly<Record<string, unknown>> {
    const cells = this.#cells;
    const windows: Row[] = [];
    const key = this.keys!.at(id);
    for (let cell = cells.youngest(key); cell !== none; cell = cells.youngest(key)) {
      const isOver = (cells.ends[cell] as number) - 1 <= this.#schedule.now;
      if (!this.#isBlank(cell)) windows.unshift(this.#rowOf(cell, isOver ? 'late' : 'early'));
      this.#schedule.remove(cell);
      cells.remove(cell);
    }
    return { windows };
  }

  /** The moment of a record that belongs to the moment in which it comes; sessions that are over close before. */
  #arrival(): number {
    const now = this.context.clock.now();
    if (now - 1 > this.#schedule.now) this.#schedule.now = now - 1;
    while (this.#schedule.due && !this.context.stopped) this.#act();
    // The clock may have been set back.
    return Math.max(now, this.#schedule.now + 1);
  }

  /** NaN where it was refused. */
  #gap(value: unknown, timestamp: number, gapOf: (value: never) => unknown): number {
    let given: unknown;
    try {
      given = gapOf(value as never);
    } catch (cause: unknown) {
      this.context.reject(this, value, timestamp, { kind: 'failed', rule: 'no error from the callback `gap`', cause });
      return Number.NaN;
    }
    try {
      return windowLength('sessionWindow', 'gap', given);
    } catch {
      const rule = "a gap that is a positive duration such as '5m', in whole ms, at most 100000000h";
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule, received: given });
      return Number.NaN;
    }
  }

  /** The session of a record, -1 when it was refused. Where it touches several, one of its own, to be joined with them. */
  #place(value: unknown, timestamp: number, key: Key, at: number, end: number): number {
    const cells = this.#cells;
    const touched = this.#touched;
    touched.length = 0;
    for (
      let each = cells.youngest(key);
      each !== none && (cells.ends[each] as number) >= at;
      each = cells.older(each)
    ) {
      if ((cells.starts[each] as number) <= end) touched.push(each);
    }
    const { now } = this.#schedule;
    if (touched.length === 0 && end - 1 + this.#settings.latenessMs <= now) {
      const rule = `later than the watermark ${now}, or in a window that is still open`;
      this.context.reject(this, value, timestamp, { kind: 'late', rule, received: timestamp });
      return none;
    }
    const joins = touched.length > 1;
    const cell = joins ? none : (touched[0] ?? none);
    if (this.#fails(cell, value, timestamp)) {
      touched.length = 0;
      return none;
    }
    if (cell === none) return this.#begin(key, at, end);
    touched.length = 0;
    if (at < (cells.starts[cell] as number)) cells.starts[cell] = at;
    if (end > (cells.ends[cell] as number)) cells.ends[cell] = end;
    this.#placed(cell);
    return cell;
  }

  /**
   * Makes the session of one record, and those that it touches, one. Into the oldest and in the order of time, however they
   * came to be: sums of the same parts have the same last digit.
   */
  #join(own: number): number {
    const touched = this.#touched;
    const cell = touched.at(-1) as number;
    for (let i = touched.length - 2; i >= 0; i--) this.#merge(cell, touched[i] as number);
    this.#merge(cell, own);
    touched.length = 0;
    this.#placed(cell);
    return cell;
  }

  #merge(into: number, from: number): void {
    this.#schedule.remove(from);
    this.#cells.merge(into, from);
  }

  #begin(key: Key, at: number, end: number): number {
    const cell = this.#cells.add(key, at, end);
    if (this.#schedule.ticking === 'processing') this.#cells.firsts[cell] = this.context.clock.now();
    this.#placed(cell);
    return cell;
  }

  #placed(cell: number): void {
    this.#schedule.place(cell);
    this.#arm();
  }

  #fails(cell: number, value: unknown, timestamp: number): boolean {
    const failure = this.#reader.failure(cell, value, timestamp);
    if (failure === undefined) return false;
    this.context.reject(this, value, timestamp, failure);
    return true;
  }

  #fireByRecord(cell: number): void {
    const { ends, fresh } = this.#cells;
    const count = (fresh[cell] as number) + 1;
    fresh[cell] = count;
    if ((ends[cell] as number) - 1 <= this.#schedule.now) this.#emit(cell, 'late');
    else if (count >= this.#earlyCount) this.#emit(cell, 'early');
  }

  #goOn(): void {
    if (!this.#firing && this.fire(fireBudget) === 'more') this.context.unfinished(this);
  }

  #act(): void {
    const act = this.#schedule.next();
    if (act === 'nothing') return;
    const { cell } = this.#schedule;
    if (act === 'forget') this.#cells.remove(cell);
    else this.#emit(cell, act);
  }

  #emit(cell: number, timing: Pane['timing']): void {
    const cells = this.#cells;
    const { discarding, latenessMs } = this.#settings;
    const key = cells.key(cell);
    const end = cells.ends[cell] as number;
    const last = timing === 'on-time' && latenessMs === 0;
    const row = this.#isBlank(cell) ? undefined : this.#rowOf(cell, timing);
    if (last) cells.remove(cell);
    else {
      cells.fresh[cell] = 0;
      if (row !== undefined) cells.panes[cell] = (cells.panes[cell] as number) + 1;
      if (discarding) this.#reader.clear(cell);
    }
    if (row === undefined) return;
    this.counts.made++;
    this.next.record(row, end - 1, key);
  }

  /** Whether a row would hold nothing: all that there is has left. */
  #isBlank(cell: number): boolean {
    return this.#panes && this.#settings.discarding && this.#cells.fresh[cell] === 0;
  }

  #rowOf(cell: number, timing: Pane['timing']): Row {
    const { starts, ends, panes } = this.#cells;
    const pane = this.#panes ? { timing, index: panes[cell] as number } : undefined;
    return this.#row(this.#cells.key(cell), starts[cell] as number, ends[cell] as number, cell, pane);
  }

  #arm(): void {
    const { alarm } = this.#schedule;
    if (alarm < Number.POSITIVE_INFINITY) this.context.wakeAt(this, alarm);
  }
}
