import { atOnce } from '../disk/at-once.ts';
import type { Part } from './part.ts';

/** So many files are open at once. */
const mostOpen = 128;
/** So many of them rest together when there is no room. */
const restTogether = 32;
/** So many are written to before others may rest: less than are open. */
const useTogether = 64;

/** The parts whose files are open: when there are too many, those that were used longest ago rest. */
export class OpenParts {
  /** The one that was used last comes last. */
  readonly #open = new Set<Part>();

  async use(part: Part): Promise<void> {
    if (this.#open.delete(part)) {
      this.#open.add(part);
      return;
    }
    await this.#makeRoom(1);
    await part.open();
    this.#open.add(part);
  }

  /** Does something with each of several things that has to do with one part at most, some at once; no part rests meanwhile. */
  async inTurns<V>(all: readonly V[], act: (each: V) => Promise<void>): Promise<void> {
    for (let first = 0; first < all.length; first += useTogether) {
      const together = all.slice(first, first + useTogether);
      const isUsed = new Set<unknown>(together);
      const known = [...this.#open].filter((part) => isUsed.has(part));
      // Those that are open become the last to rest.
      for (const part of known) await this.use(part);
      await this.#makeRoom(together.length - known.length);
      await atOnce(together, act);
    }
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

  async #makeRoom(count: number): Promise<void> {
    const tooMany = this.#open.size + count - mostOpen;
    if (tooMany > 0) await this.#rest([...this.#open].slice(0, Math.max(tooMany, restTogether)));
  }

  async #rest(parts: readonly Part[]): Promise<void> {
    await atOnce(parts, async (part) => {
      await part.harden();
      await part.close();
      this.#open.delete(part);
    });
  }
}
