import { HeldCells } from '../../core/held-cells.ts';
import type { Key } from '../../core/key.ts';
import type { Origin } from '../../core/rejection.ts';
import type { Piece } from '../../core/snapshot.ts';

/** What a step was told behind a record that it holds. */
export type HeldSignal =
  { readonly slot: number; readonly at: number } | { readonly slot: number; readonly idle: boolean };

/** The line is cut off in front when so many have left, and more than are still in it: taking one costs the same however long it is. */
const cutAfter = 1_024;

/** Records that leave in the order in which they came, each followed by the signals that came behind it. */
export class RecordsInLine extends HeldCells {
  /** Cells, those that have left included. */
  #line: number[] = [];
  #gone = 0;
  /** By cell. */
  readonly #behind: (HeldSignal[] | undefined)[] = [];

  get size(): number {
    return this.#line.length - this.#gone;
  }

  add(value: unknown, timestamp: number, key: Key, slot: number, origin: Origin | undefined): void {
    this.#line.push(this.hold(value, timestamp, key, slot, origin));
  }

  /** The record at this place in line; 0 is the next to leave. */
  at(place: number): unknown {
    return this.valueIn(this.#line[this.#gone + place] as number);
  }

  /** A signal behind the last record in line. One that says no more than the one before takes its place. */
  follow(signal: HeldSignal): void {
    const cell = this.#line.at(-1) as number;
    const behind = (this.#behind[cell] ??= []);
    const last = behind.at(-1);
    if ('at' in signal && last !== undefined && 'at' in last && last.slot === signal.slot) behind.pop();
    else if ('idle' in signal && this.#isTold(behind, signal)) return;
    behind.push(signal);
  }

  /** Lets the first in line go, and answers the signals behind it. */
  take(): readonly HeldSignal[] {
    const cell = this.#line[this.#gone++] as number;
    if (this.#gone > cutAfter && 2 * this.#gone > this.#line.length) {
      this.#line = this.#line.slice(this.#gone);
      this.#gone = 0;
    }
    const behind = this.#behind[cell];
    this.#behind[cell] = undefined;
    this.release(cell);
    return behind ?? [];
  }

  /** Who was idle is waited for again after a restore: only watermarks are kept. */
  snapshot(): Piece {
    const cells = this.#line.slice(this.#gone);
    const marks = cells.flatMap((cell, place) =>
      (this.#behind[cell] ?? []).flatMap((signal) => ('at' in signal ? [{ place, ...signal }] : [])),
    );
    return {
      ...this.pieceOf(cells),
      markPlaces: Int32Array.from(marks, ({ place }) => place),
      markSlots: Int32Array.from(marks, ({ slot }) => slot),
      marks: Float64Array.from(marks, ({ at }) => at),
    };
  }

  restore(piece: Piece): void {
    const places = piece['markPlaces'] as Int32Array;
    const slots = piece['markSlots'] as Int32Array;
    const marks = piece['marks'] as Float64Array;
    let next = 0;
    this.eachOf(piece, (...record) => {
      const place = this.size;
      this.add(...record);
      for (; places[next] === place; next++) this.follow({ slot: slots[next] as number, at: marks[next] as number });
    });
  }

  /** Whether the last that was said of this partition's being idle is the same. */
  #isTold(behind: readonly HeldSignal[], { slot, idle }: Extract<HeldSignal, { readonly idle: boolean }>): boolean {
    const last = behind.findLast((each) => 'idle' in each && each.slot === slot);
    return last !== undefined && 'idle' in last && last.idle === idle;
  }
}
