import type { FetchedMessage } from './driver.ts';

/** The offsets of the messages of a batch: where none is missing between them, the first says all. */
export class Offsets {
  readonly #first: bigint;
  readonly #count: number;
  readonly #all: readonly string[] | undefined;

  constructor(messages: readonly FetchedMessage[]) {
    this.#count = messages.length;
    this.#first = BigInt(messages[0]?.offset ?? 0);
    const last = BigInt(messages.at(-1)?.offset ?? 0);
    const isWhole = last - this.#first === BigInt(Math.max(0, messages.length - 1));
    this.#all = isWhole ? undefined : messages.map(({ offset }) => offset);
  }

  at(place: number): string | undefined {
    if (place < 0 || place >= this.#count) return undefined;
    return this.#all === undefined ? String(this.#first + BigInt(place)) : this.#all[place];
  }
}
