/** Does something one at a time: wishes that come meanwhile go together into the next time. */
export class Coalesced {
  readonly #act: () => Promise<void>;
  #isWanted = false;
  #underWay: Promise<void> | undefined;

  constructor(act: () => Promise<void>) {
    this.#act = act;
  }

  /** Kept when it is done; nothing where nobody wants it. */
  get underWay(): Promise<void> | undefined {
    return this.#underWay;
  }

  /** It is wanted, from what is the case now on. Kept when it is done. */
  soon(): Promise<void> {
    this.#isWanted = true;
    this.#underWay ??= this.#run();
    return this.#underWay;
  }

  async #run(): Promise<void> {
    try {
      while (this.#isWanted) {
        // What is wanted in the same moment goes together.
        await Promise.resolve();
        this.#isWanted = false;
        await this.#act();
      }
    } finally {
      this.#underWay = undefined;
    }
  }
}
