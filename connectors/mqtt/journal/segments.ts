import type { Segment } from './segment.ts';

/** The files of a journal that count, in their order. */
export class Segments {
  #list: Segment[] = [];

  get all(): readonly Segment[] {
    return this.#list;
  }

  get bytes(): number {
    return this.#list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get oldest(): Segment | undefined {
    return this.#list[0];
  }

  get newest(): Segment | undefined {
    return this.#list.at(-1);
  }

  add(segment: Segment): void {
    this.#list.push(segment);
  }

  remove(segment: Segment): void {
    this.#list = this.#list.filter((each) => each !== segment);
  }

  /** The one in which this message stands, or will. */
  holding(number: number): Segment | undefined {
    return this.#list.findLast(({ first }) => first <= number);
  }

  behind(segment: Segment): Segment | undefined {
    return this.#list.find(({ index }) => index > segment.index);
  }

  /** Those of which every message has at most this number, and that are not written to. */
  covered(number: number): readonly Segment[] {
    return this.#list.filter((_, place) => (this.#list[place + 1]?.first ?? Number.POSITIVE_INFINITY) <= number + 1);
  }
}
