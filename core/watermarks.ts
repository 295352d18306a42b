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

  /** A partition to wait for. */
  join(slot: number): void {
    if (this.#standings[slot] !== undefined) return;
    this.#joined++;
    this.#marks[slot] = Number.NEGATIVE_INFINITY;
    this.#stand(slot, 'holds');
  }

  of(slot: number): number {
    return this.#marks[slot] ?? Number.NEGATIVE_INFINITY;
  }

  /** Answers whether the merged watermark has moved. */
  advance(slot: number, at: number): boolean {
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
    if (!(merged > this.merged)) return false;
    this.merged = merged;
    return true;
  }

  /** How far time is while no partition holds it. */
  get #unheld(): number {
    if (this.#ended === this.#joined) return Number.POSITIVE_INFINITY;
    return this.allIdle ? this.#largest : this.merged;
  }
}
