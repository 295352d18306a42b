import type { Key } from '../../core/key.ts';
import { Processor, type Receiver } from '../../core/processor.ts';
import type { Piece } from '../../core/snapshot.ts';
import { Watermarks } from '../../core/watermarks.ts';

export function makeUnion(): Processor {
  return new UnionProcessor();
}

/** Lets the records of all inputs through as they come; time is what the slowest input says. */
class UnionProcessor extends Processor {
  readonly #watermarks = new Watermarks();
  /** Before any event time, signals speak of source partitions: whoever gives the time merges them. */
  #passes = false;

  override open(): void {
    this.#passes = !this.context.isTimed(this);
  }

  override record(value: unknown, timestamp: number): void {
    this.counts.passed++;
    this.next.record(value, timestamp, this.keys!.at(0));
  }

  override port(index: number): Receiver {
    this.#watermarks.join(index);
    return new Port(this, index);
  }

  advance(index: number, at: number): void {
    if (this.#passes) this.next.watermark(at);
    else if (this.#watermarks.advance(index, at)) this.next.watermark(this.#watermarks.merged);
  }

  rest(index: number, on: boolean): void {
    if (this.#passes) {
      this.next.idle(on);
      return;
    }
    const wereIdle = this.#watermarks.allIdle;
    if (this.#watermarks.idle(index, on)) this.next.watermark(this.#watermarks.merged);
    if (this.#watermarks.allIdle !== wereIdle) this.next.idle(on);
  }

  override snapshot(): Iterable<Piece> {
    return [this.#watermarks.snapshot()];
  }

  override restore(pieces: Iterable<Piece>): void {
    for (const piece of pieces) this.#watermarks.restore(piece as ReturnType<Watermarks['snapshot']>);
  }
}

/** One input of a union. */
class Port implements Receiver {
  readonly #union: UnionProcessor;
  readonly #index: number;

  constructor(union: UnionProcessor, index: number) {
    this.#union = union;
    this.#index = index;
  }

  record(value: unknown, timestamp: number, _key: Key): void {
    this.#union.record(value, timestamp);
  }

  watermark(at: number): void {
    this.#union.advance(this.#index, at);
  }

  idle(on: boolean): void {
    this.#union.rest(this.#index, on);
  }
}
