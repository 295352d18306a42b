import type { Fault } from '../rejection.ts';
import type { ChunkText } from './chunk-text.ts';
import type { BrokenBy, Grammar } from './record-splitter.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Appends the record that a line is, its end left out; answers why it is none where it is none. The line is told twice, as
 * text and as bytes, both by the same places.
 */
export type Append<T> = (
  text: ChunkText,
  from: number,
  to: number,
  into: T[],
  bytes: Uint8Array,
) => BrokenBy | undefined;

/** Records of one line each, whatever stands in it: only a line feed ends a line, U+2028 is text. */
export class LineGrammar<T> implements Grammar<T> {
  readonly blockBytes: number;
  readonly skipsBlankLines: boolean;
  readonly lineFeeds = 1;
  readonly fault: Fault = { rule: 'a line' };
  readonly faultAt = 0;
  readonly #append: Append<T>;
  #bytes: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;

  constructor(options: { readonly blockBytes: number; readonly skipsBlankLines: boolean }, append: Append<T>) {
    this.blockBytes = options.blockBytes;
    this.skipsBlankLines = options.skipsBlankLines;
    this.#append = append;
  }

  scan(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(lineFeed, from);
    this.#bytes = bytes;
    this.#from = from;
    this.#to = end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
    return end + 1;
  }

  read(text: ChunkText, into: T[]): BrokenBy | undefined {
    return this.#append(text, this.#from, this.#to, into, this.#bytes);
  }

  /** Every line stands for itself. */
  giveUp(): void {}

  state(): Readonly<Record<string, never>> {
    return {};
  }
}
