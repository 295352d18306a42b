/** Partitions that a job has heard of, or is to hear of. */
export class KnownPartitions {
  readonly #known = new Set<string>();
  #met: string[] = [];

  get all(): ReadonlySet<string> {
    return this.#known;
  }

  /** It is there before anything comes of it. */
  add(partition: string): void {
    this.#known.add(partition);
  }

  /** Something came of it. */
  meet(partition: string): void {
    if (this.#known.has(partition)) return;
    this.#known.add(partition);
    this.#met.push(partition);
  }

  /** Those from which something came for the first time since this was asked last. */
  takeMet(): readonly string[] {
    const met = this.#met;
    this.#met = [];
    return met;
  }

  /** Those that were there before. */
  get others(): readonly string[] {
    return [...this.#known].filter((partition) => !this.#met.includes(partition));
  }
}
