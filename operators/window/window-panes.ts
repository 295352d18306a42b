import type { Piece } from '../../core/snapshot.ts';
import { MinHeap } from './min-heap.ts';

/** What has become of one key's window that may fire more than once. */
export interface PaneState {
  /** How many rows have left. */
  index: number;
  /** How many records the last of them held. */
  seen: number;
  /** What came with or behind this mark is new. */
  mark: number;
  /** Records since the last row. */
  fresh: number;
  /** Processing time of the first record; NaN where nobody asks. */
  first: number;
  /** Processing time of the next early row; NaN where none is due. */
  due: number;
}

const columns = ['index', 'seen', 'mark', 'fresh', 'first', 'due'] as const;

/** The states of windows by their end and by key. Most windows fire once for most keys, and need none. */
export class WindowPanes {
  readonly #byEnd = new Map<number, Map<number, PaneState>>();
  readonly #ends = new MinHeap<number>();

  of(end: number, id: number): PaneState | undefined {
    return this.#byEnd.get(end)?.get(id);
  }

  /** The state, made if need be. */
  begin(end: number, id: number): PaneState {
    let states = this.#byEnd.get(end);
    if (states === undefined) {
      states = new Map();
      this.#byEnd.set(end, states);
      this.#ends.push(end, end);
    }
    let state = states.get(id);
    if (state === undefined) {
      state = { index: 0, seen: 0, mark: 0, fresh: 0, first: Number.NaN, due: Number.NaN };
      states.set(id, state);
    }
    return state;
  }

  /** Forgets the key's windows that end there. */
  forget(id: number, ends: Iterable<number>): void {
    for (const end of ends) this.#byEnd.get(end)?.delete(id);
  }

  /** Forgets windows that end there or before. */
  drop(end: number): void {
    while (this.#ends.reaches(end)) this.#byEnd.delete(this.#ends.pop() as number);
  }

  /** All keys that have a state of the window, with it. */
  entries(end: number): Iterable<[id: number, state: PaneState]> {
    return this.#byEnd.get(end) ?? [];
  }

  get ends(): Iterable<number> {
    return this.#byEnd.keys();
  }

  snapshot(): Piece {
    let count = 0;
    for (const states of this.#byEnd.values()) count += states.size;
    const [paneEnds, keys] = [new Float64Array(count), new Int32Array(count)];
    const saved = columns.map(() => new Float64Array(count));
    let row = 0;
    for (const [end, states] of this.#byEnd) {
      for (const [id, state] of states) {
        paneEnds[row] = end;
        keys[row] = id;
        columns.forEach((name, index) => ((saved[index] as Float64Array)[row] = state[name]));
        row++;
      }
    }
    return { paneEnds, keys, columns: saved };
  }

  restore({ paneEnds, keys, columns: saved }: Piece): void {
    (paneEnds as Float64Array).forEach((end, row) => {
      const state = this.begin(end, (keys as Int32Array)[row] as number);
      columns.forEach((name, index) => (state[name] = (saved as Float64Array[])[index]?.[row] as number));
    });
  }
}
