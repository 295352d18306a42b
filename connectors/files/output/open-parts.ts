import { atOnce } from './at-once.ts';
import type { Part } from './part.ts';

/** So many files are open at once. */
const mostOpen = 128;
/** So many of them rest together when there is no room. */
const restTogether = 32;

/** The parts whose files are open: when there are too many, those that were used longest ago rest. */
export class OpenParts {
  /** The one that was used last comes last. */
  readonly #open = new Set<Part>();

  async use(part: Part): Promise<void> {
    if (this.#open.delete(part)) {
      this.#open.add(part);
      return;
    }
    if (this.#open.size >= mostOpen) await this.#rest([...this.#open].slice(0, restTogether));
    await part.open();
    this.#open.add(part);
  }

  /** They need no file for now. What they hold is durable first: later nobody could tell whether it had become so. */
  async rest(parts: Iterable<Part>): Promise<void> {
    await this.#rest([...parts]);
  }

  async close(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await atOnce(open, (part) => part.close());
  }

  async #rest(parts: readonly Part[]): Promise<void> {
    await atOnce(parts, async (part) => {
      await part.harden();
      await part.close();
      this.#open.delete(part);
    });
  }
}
