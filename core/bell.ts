/** Something that happens again and again, for those who wait for the next time. */
export class Bell {
  #next: Promise<void> | undefined;
  #tell = (): void => {};

  /** Kept when it rings. */
  get next(): Promise<void> {
    this.#next ??= new Promise((resolve) => (this.#tell = resolve));
    return this.#next;
  }

  ring(): void {
    // Mostly nobody waits: whoever rings for each record should not pay for it.
    if (this.#next === undefined) return;
    this.#next = undefined;
    this.#tell();
  }
}
