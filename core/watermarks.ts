/** How a partition takes part in the minimum. */
type Standing = 'holds' | 'idle' | 'behind';

/**
 * Merges the watermarks of partitions by their minimum. The result never goes back. An idle partition does not count; when
 * it speaks again it counts from the moment it has reached the merged watermark. When all are idle, the largest counts.
 */
export class Watermarks {
  /** -Infinity until every partition that counts has said something. */
  merged: number = Number.NEGATIVE_INFINITY;
  readonly #marks: number[] = [];
  readonly #standings: (Standing | undefined)[] = [];

  /** A partition to wait for. */
  join(slot: number): void {
    if (this.#standings[slot] !== undefined) return;
    this.#standings[slot] = 'holds';
    this.#marks[slot] = Number.NEGATIVE_INFINITY;
  }

  of(slot: number): number {
    return this.#marks[slot] ?? Number.NEGATIVE_INFINITY;
  }

  /** Answers whether the merged watermark has moved. */
  advance(slot: number, at: number): boolean {
    this.join(slot);
    const before = this.#marks[slot] as number;
    if (!(at > before)) return false;
    this.#marks[slot] = at;
    const standing = this.#standings[slot];
    if (standing === 'holds') return before <= this.merged && this.#merge();
    if (standing === 'behind' && at >= this.merged) this.#standings[slot] = 'holds';
    return this.#merge();
  }

  /** Answers whether the merged watermark has moved. */
  idle(slot: number, on: boolean): boolean {
    this.join(slot);
    const standing = this.#standings[slot];
    if (on === (standing === 'idle')) return false;
    this.#standings[slot] = on ? 'idle' : this.of(slot) >= this.merged ? 'holds' : 'behind';
    return this.#merge();
  }

  get allIdle(): boolean {
    return this.#standings.length > 0 && this.#standings.every((standing) => standing === 'idle');
  }

  snapshot(): { readonly merged: number; readonly marks: readonly number[]; readonly standings: readonly unknown[] } {
    return { merged: this.merged, marks: [...this.#marks], standings: [...this.#standings] };
  }

  /** Who was idle is waited for again: time in which nobody asked does not count. */
  restore(state: ReturnType<Watermarks['snapshot']>): void {
    this.merged = state.merged;
    this.#marks.splice(0, this.#marks.length, ...state.marks);
    this.#standings.splice(
      0,
      this.#standings.length,
      ...(state.standings as Standing[]).map((each) => (each === 'idle' ? 'holds' : each)),
    );
  }

  #merge(): boolean {
    let smallest = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    let holders = 0;
    for (let slot = 0; slot < this.#marks.length; slot++) {
      const mark = this.#marks[slot] as number;
      if (mark > largest) largest = mark;
      if (this.#standings[slot] !== 'holds') continue;
      holders++;
      if (mark < smallest) smallest = mark;
    }
    const merged = holders > 0 ? smallest : this.allIdle ? largest : this.merged;
    if (!(merged > this.merged)) return false;
    this.merged = merged;
    return true;
  }
}
