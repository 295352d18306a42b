import { IdHeap } from './id-heap.ts';

/** How a partition takes part in the minimum. */
type Standing = 'holds' | 'idle' | 'behind' | 'ended';

/**
 * Merges the watermarks of partitions by their minimum. The result never goes back. An idle partition does not count; when
 * it speaks again it counts from the moment it has reached the merged watermark. When all are idle, the largest counts. One
 * that has ended (+Infinity) counts no more: only when all have, is the end reached.
 */
export class Watermarks {
  /** -Infinity until every partition that counts has said something. */
  merged: number = Number.NEGATIVE_INFINITY;
  readonly #marks: number[] = [];
  readonly #standings: (Standing | undefined)[] = [];
  /** The partitions that count, by watermark: with hundreds of them the smallest is not searched for behind every record. */
  readonly #holding = new IdHeap();
  #largest: number = Number.NEGATIVE_INFINITY;
  #joined = 0;
  #idle = 0;
  #ended = 0;
  /** The only partition, while it counts: its watermark is the merged one, and is kept up nowhere else. -1: there is none. */
  #only = -1;

  /** A partition to wait for. */
  join(slot: number): void {
    if (this.#standings[slot] !== undefined) return;
    this.#keepUp();
    this.#joined++;
    this.#marks[slot] = Number.NEGATIVE_INFINITY;
    this.#stand(slot, 'holds');
  }

  of(slot: number): number {
    return slot === this.#only ? this.merged : (this.#marks[slot] ?? Number.NEGATIVE_INFINITY);
  }

  /** Answers whether the merged watermark has moved. */
  advance(slot: number, at: number): boolean {
    if (slot !== this.#only || at === Number.POSITIVE_INFINITY) return this.#advance(slot, at);
    if (!(at > this.merged)) return false;
    this.merged = at;
    return true;
  }

  #advance(slot: number, at: number): boolean {
    this.#keepUp();
    this.join(slot);
    if (!(at > (this.#marks[slot] as number))) return false;
    this.#marks[slot] = at;
    if (at === Number.POSITIVE_INFINITY) {
      this.#stand(slot, 'ended');
      return this.#merge();
    }
    if (at > this.#largest) this.#largest = at;
    const standing = this.#standings[slot];
    if (standing === 'holds') this.#holding.set(slot, at);
    else if (standing === 'behind' && at >= this.merged) this.#stand(slot, 'holds');
    return this.#merge();
  }

  /** Answers whether the merged watermark has moved. */
  idle(slot: number, on: boolean): boolean {
    this.#keepUp();
    this.join(slot);
    const standing = this.#standings[slot];
    if (on === (standing === 'idle') || standing === 'ended') return false;
    this.#stand(slot, on ? 'idle' : this.of(slot) >= this.merged ? 'holds' : 'behind');
    return this.#merge();
  }

  /** Of those that have not ended. */
  get allIdle(): boolean {
    return this.#idle > 0 && this.#idle + this.#ended === this.#joined;
  }

  snapshot(): {
    readonly merged: number;
    readonly largest: number;
    readonly marks: readonly number[];
    readonly standings: readonly unknown[];
  } {
    this.#keepUp();
    return {
      merged: this.merged,
      largest: this.#largest,
      marks: [...this.#marks],
      standings: [...this.#standings],
    };
  }

  /** Who was idle is waited for again: time in which nobody asked does not count. */
  restore(state: ReturnType<Watermarks['snapshot']>): void {
    this.merged = state.merged;
    this.#largest = state.largest;
    (state.standings as (Standing | undefined)[]).forEach((standing, slot) => {
      if (standing === undefined) return;
      const mark = state.marks[slot] as number;
      this.join(slot);
      this.#marks[slot] = mark;
      this.#stand(slot, mark === Number.POSITIVE_INFINITY ? 'ended' : standing === 'idle' ? 'holds' : standing);
    });
  }

  #stand(slot: number, standing: Standing): void {
    if (this.#standings[slot] === 'idle') this.#idle--;
    if (standing === 'idle') this.#idle++;
    else if (standing === 'ended') this.#ended++;
    this.#standings[slot] = standing;
    if (standing === 'holds') this.#holding.set(slot, this.#marks[slot] as number);
    else this.#holding.remove(slot);
  }

  #merge(): boolean {
    const merged = this.#holding.size > 0 ? this.#holding.least : this.#unheld;
    const moved = merged > this.merged;
    if (moved) this.merged = merged;
    const { first } = this.#holding;
    if (this.#joined === 1 && first >= 0 && this.#marks[first] === this.merged) this.#only = first;
    return moved;
  }

  /** Before anything but the only partition's watermark changes. */
  #keepUp(): void {
    const only = this.#only;
    if (only < 0) return;
    this.#only = -1;
    this.#marks[only] = this.merged;
    if (this.merged > this.#largest) this.#largest = this.merged;
    this.#holding.set(only, this.merged);
  }

  /** How far time is while no partition holds it. */
  get #unheld(): number {
    if (this.#ended === this.#joined) return Number.POSITIVE_INFINITY;
    return this.allIdle ? this.#largest : this.merged;
  }
}
