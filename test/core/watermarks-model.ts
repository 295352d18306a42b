/** The rules of watermarks of partitions, looked up in a list behind every act. */
export class WatermarksModel<Partition> {
  merged = Number.NEGATIVE_INFINITY;
  /** Of all finite watermarks so far. */
  #largest = Number.NEGATIVE_INFINITY;
  readonly #partitions = new Map<Partition, { mark: number; standing: 'holds' | 'idle' | 'behind' }>();

  of(partition: Partition): number {
    return this.#partitions.get(partition)!.mark;
  }

  join(partition: Partition): { mark: number; standing: 'holds' | 'idle' | 'behind' } {
    const known = this.#partitions.get(partition) ?? { mark: Number.NEGATIVE_INFINITY, standing: 'holds' };
    this.#partitions.set(partition, known);
    return known;
  }

  advance(partition: Partition, at: number): void {
    const state = this.join(partition);
    state.mark = Math.max(state.mark, at);
    if (state.standing === 'behind' && state.mark >= this.merged) state.standing = 'holds';
    this.#merge();
  }

  idle(partition: Partition, on: boolean): void {
    const state = this.join(partition);
    if (on) state.standing = 'idle';
    else if (state.standing === 'idle') state.standing = state.mark >= this.merged ? 'holds' : 'behind';
    this.#merge();
  }

  restore(): void {
    for (const state of this.#partitions.values()) if (state.standing === 'idle') state.standing = 'holds';
  }

  #merge(): void {
    const all = [...this.#partitions.values()];
    const open = all.filter(({ mark }) => mark < Number.POSITIVE_INFINITY);
    const holding = open.filter(({ standing }) => standing === 'holds').map(({ mark }) => mark);
    for (const { mark } of open) this.#largest = Math.max(this.#largest, mark);
    let next = this.merged;
    if (open.length === 0) next = Number.POSITIVE_INFINITY;
    else if (holding.length > 0) next = Math.min(...holding);
    else if (open.every(({ standing }) => standing === 'idle')) next = this.#largest;
    this.merged = Math.max(this.merged, next);
  }
}
