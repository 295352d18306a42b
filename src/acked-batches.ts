import type { Batch, Position } from '../core/batch.ts';

/** What has been given out of one partition, and what of it is acknowledged. */
export class AckedBatches {
  /** The partition is somebody else's: nothing more is given out of it. */
  isGone = false;
  /** Records that are given out, less those that are acknowledged without a gap before them. */
  inFlight = 0;
  /** Those with a gap in them, the oldest first. */
  readonly #open: GivenBatch[] = [];
  /** The newest batch that is acknowledged without a gap, so many of its records; nothing where that has been taken. */
  #mark: { readonly batch: Batch; readonly count: number } | undefined;

  /** Begins to give out a batch. */
  begin(batch: Batch): GivenBatch {
    const given = new GivenBatch(batch);
    this.#open.push(given);
    return given;
  }

  /** Moves on over what is acknowledged without a gap. */
  advance(): void {
    for (let head = this.#open[0]; head !== undefined; head = this.#open[0]) {
      this.inFlight -= head.advance();
      const count = head.unmarked();
      if (count !== undefined) this.#mark = { batch: head.batch, count };
      if (!head.isDone) break;
      this.#open.shift();
    }
  }

  get hasNews(): boolean {
    return this.#mark !== undefined;
  }

  /** Where to go on behind everything that is acknowledged without a gap; nothing where that is nothing new. */
  take(): Position | undefined {
    const mark = this.#mark;
    this.#mark = undefined;
    return mark?.batch.positionAfter(mark.count);
  }
}

/** One batch of which records have been given out. */
export class GivenBatch {
  readonly batch: Batch;
  /** By record. */
  readonly #acked: Uint8Array;
  /** Of those that could not be read: how many are dealt with. */
  #told = 0;
  /** Records that are acknowledged without a gap. */
  #prefix = 0;
  /** Records up to which it has said so. */
  #marked = 0;

  constructor(batch: Batch) {
    this.batch = batch;
    this.#acked = new Uint8Array(batch.records.length);
  }

  ack(index: number): void {
    this.#acked[index] = 1;
  }

  tell(): void {
    this.#told++;
  }

  get isDone(): boolean {
    return this.#prefix === this.#acked.length && this.#told === (this.batch.unreadable?.length ?? 0);
  }

  /** Moves on over what is acknowledged without a gap, and answers over how many records. */
  advance(): number {
    const before = this.#prefix;
    while (this.#acked[this.#prefix] === 1) this.#prefix++;
    return this.#prefix - before;
  }

  /** So many records are acknowledged without a gap, and that is new. */
  unmarked(): number | undefined {
    // The position behind the last record is also that behind all that could not be read.
    const count = this.isDone ? this.#prefix : Math.min(this.#prefix, this.#acked.length - 1);
    if (count <= this.#marked && !this.isDone) return undefined;
    this.#marked = count;
    return count;
  }
}
