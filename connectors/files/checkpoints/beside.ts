/** Work that nobody waits for, one at a time. Why it failed is told once, to whoever comes next. */
export class Beside {
  #work: Promise<void> = Promise.resolve();

  /** @throws why the work before has failed; then none begins. */
  async begin(work: () => Promise<void>): Promise<void> {
    await this.over();
    this.#work = work();
    this.#work.catch(() => {});
  }

  /** @throws why it has failed. */
  async over(): Promise<void> {
    const work = this.#work;
    this.#work = Promise.resolve();
    await work;
  }
}
