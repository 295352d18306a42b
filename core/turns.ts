import { moreInts } from './columns.ts';

/** Ids of keys by turn: the one that had none for the longest time is at hand. Linked in columns, so a turn costs a few writes. */
export class Turns {
  /** By id + 1; at 0 the ends: `#next[0]` is the one that waits longest, `#before[0]` the one that had its turn last. */
  #next = new Int32Array(16);
  #before = new Int32Array(16);

  /** The id whose turn is longest ago; -1 where there is none. */
  get first(): number {
    return (this.#next[0] as number) - 1;
  }

  /** It is the turn of this id, known or not. */
  take(id: number): void {
    const link = id + 1;
    if (link >= this.#next.length) this.#grow(link);
    if (this.#before[0] === link) return;
    this.#unlink(link);
    const last = this.#before[0] as number;
    this.#next[last] = link;
    this.#before[link] = last;
    this.#next[link] = 0;
    this.#before[0] = link;
  }

  remove(id: number): void {
    const link = id + 1;
    if (link < this.#next.length) this.#unlink(link);
  }

  /** All of them, the one that waits longest first. */
  ids(): number[] {
    const ids: number[] = [];
    for (let link = this.#next[0] as number; link !== 0; link = this.#next[link] as number) ids.push(link - 1);
    return ids;
  }

  #unlink(link: number): void {
    const next = this.#next[link] as number;
    const before = this.#before[link] as number;
    // Neither linked to a neighbour nor the only one: it is not in the list.
    if (next === 0 && this.#before[0] !== link) return;
    this.#next[before] = next;
    this.#before[next] = before;
    this.#next[link] = 0;
    this.#before[link] = 0;
  }

  #grow(link: number): void {
    const capacity = Math.max(2 * this.#next.length, link + 1);
    this.#next = moreInts(this.#next, capacity);
    this.#before = moreInts(this.#before, capacity);
  }
}
