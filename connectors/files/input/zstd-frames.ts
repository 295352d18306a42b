import type { InflateRaw } from 'node:zlib';
import { CutShort, Damaged } from './packed-faults.ts';
import { numberIn, type PackedInput } from './packed-input.ts';
import { Unpacker } from './unpacker.ts';

const magic = 0xfd2fb528;
/** Sixteen magic numbers begin a frame that holds something for others, and is passed over. */
const skippableMagic = 0x184d2a50;

/**
 * The frames of a zstd file (RFC 8878), one behind the other, each cut out by the lengths that stand in it. Node does not
 * do that: some versions stop behind the first frame without a word, and some take a frame that was cut short for whole.
 */
export class ZstdFrames {
  readonly #input: PackedInput;
  readonly #create: () => InflateRaw;
  #pieces: AsyncGenerator<Uint8Array, void> | undefined;
  #unpacker: Unpacker | undefined;
  #isFirst = true;

  constructor(input: PackedInput, create: () => InflateRaw) {
    this.#input = input;
    this.#create = create;
  }

  /** The next bytes; none behind the last frame. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      if (this.#pieces === undefined && !(await this.#begin())) return new Uint8Array(0);
      const bytes = await (this.#unpacker ??= new Unpacker(this.#create())).next(this);
      if (bytes.length > 0) return bytes;
      this.close();
      this.#pieces = undefined;
      this.#unpacker = undefined;
    }
  }

  /** The next packed bytes of this frame; none at its end. */
  async take(): Promise<Uint8Array> {
    const piece = await this.#pieces?.next();
    return piece?.value ?? new Uint8Array(0);
  }

  close(): void {
    this.#unpacker?.close();
  }

  /** Whether another frame begins. */
  async #begin(): Promise<boolean> {
    for (;;) {
      const head = await this.#input.upTo(4);
      if (head.length === 0 && !this.#isFirst) return false;
      const found = head.length < 4 ? 0 : numberIn(head);
      if (found === magic) this.#pieces = piecesOf(this.#input, head);
      else if (found - (found % 16) === skippableMagic) await skip(this.#input);
      else return this.#none(head);
      this.#isFirst = false;
      if (this.#pieces !== undefined) return true;
    }
  }

  #none(head: Uint8Array): boolean {
    if (this.#isFirst && head.length === 0) throw new CutShort();
    if (this.#isFirst) throw new Damaged('it does not begin as zstd does');
    this.#input.giveBack(head.length);
    return false;
  }
}

/** All bytes of a frame: its header, its blocks up to the last one, and its checksum. */
async function* piecesOf(input: PackedInput, head: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield head;
  const descriptor = await input.exactly(1);
  yield descriptor;
  const flags = numberIn(descriptor);
  const isSingleSegment = (flags & 0x20) !== 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  yield input.exactly((isSingleSegment ? 0 : 1) + dictionary + contentSize);
  for (let isLast = false; !isLast;) {
    const block = await input.exactly(3);
    yield block;
    const header = numberIn(block);
    isLast = (header & 1) === 1;
    // A block of the second kind repeats one byte.
    yield* through(input, ((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  if ((flags & 4) !== 0) yield input.exactly(4);
}

async function* through(input: PackedInput, count: number): AsyncGenerator<Uint8Array, void> {
  for (let left = count; left > 0;) {
    const bytes = await input.take();
    if (bytes.length === 0) throw new CutShort();
    const over = Math.max(0, bytes.length - left);
    input.giveBack(over);
    left -= bytes.length - over;
    yield bytes.subarray(0, bytes.length - over);
  }
}

async function skip(input: PackedInput): Promise<void> {
  const size = numberIn(await input.exactly(4));
  for await (const _ of through(input, size));
}
