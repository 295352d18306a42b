import type { OpenFile } from './open-file.ts';

/** For how many looks a file is watched that was left. */
const looks = 50;

/** A file that was left for a later one: whoever still writes to it is not read, and that is said. */
export class LeftFile {
  readonly #file: OpenFile;
  readonly #warn: (message: string) => void;
  #looks = 0;

  constructor(file: OpenFile, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  /** Whether there is nothing more to watch. */
  async look(): Promise<boolean> {
    const { size } = await this.#file.stats();
    const more = size - BigInt(this.#file.progress);
    if (more > 0n) {
      const what = `"${this.#file.path}" was written to after a later file had begun`;
      this.#warn(`${what}: ${more} bytes behind byte ${this.#file.offset} were not read`);
    }
    return more > 0n || ++this.#looks === looks;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
