import type { Broken, Cuts, Splitter, SplitterState } from '../format.ts';
import type { Plain } from '../plain.ts';
import type { Fault } from '../rejection.ts';
import { ChunkText } from './chunk-text.ts';
import { HeldBytes } from './held-bytes.ts';
import { readableUtf8 } from './utf8.ts';

/** A record longer than this is broken, so that one quote that nobody closed cannot fill the memory. */
export const maxRecordBytes: number = 16 * 1024 * 1024;

export const notUtf8: Fault = { rule: 'UTF-8 text' };

/** `blockBytes` of a grammar whose records hold pieces of the text. */
export const keptBlockBytes = 256;

/** What is kept of a record that is broken. */
const keptBytes = 64 * 1024;

/** What is broken takes longer to tell than a record: it counts as so many bytes of the budget. */
const brokenCost = 256;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** What `scan` answers in place of the byte behind the record: it goes on behind these bytes. */
export const open = -1;
/** It is not a record: `fault` says why, `faultAt` where. */
export const wrong = -2;

/** How the records of a format begin, end and read. */
export interface Grammar<T> {
  /** Bytes that are decoded together: a text that somebody keeps may keep as many alive. */
  readonly blockBytes: number;
  /** Whether a line with nothing on it is passed over. */
  readonly skipsBlankLines: boolean;
  /** The byte behind the record that begins at `from`, or `open`, or `wrong`. The byte before `to` is a line feed. */
  scan(bytes: Uint8Array, from: number, to: number): number;
  /** Line feeds in the record that was scanned last. */
  readonly lineFeeds: number;
  readonly fault: Fault;
  readonly faultAt: number;
  /** Appends the record that was scanned last, if it is one; answers why it cannot be read. */
  read(text: ChunkText, into: T[]): BrokenBy | undefined;
  /** Its record is given up. Throws where nothing can be read without it. */
  giveUp(fault: Fault): void;
  /** What it has learnt from the input so far. */
  state(): Readonly<Record<string, Plain>>;
}

export interface BrokenBy extends Fault {
  readonly cause?: unknown;
}

/**
 * Cuts chunks into the records of a grammar, whatever the borders of the chunks.
 *
 * A line ends with LF or CRLF; a CR elsewhere is text. The end of the input ends a line. A byte order mark at offset 0 is
 * passed over. A record that is not one costs its first line: the next begins on the line after.
 */
export class RecordSplitter<T> implements Splitter<T> {
  readonly #grammar: Grammar<T>;
  readonly #maxBytes: number;
  readonly #held = new HeldBytes();
  readonly #text: ChunkText;
  /** Byte of the input at which what is held begins. */
  #offset: number;
  #line: number;
  /** A line that is too long, while its end is looked for: where it begins, and what is kept of it. */
  #skipped: { readonly offset: number; readonly value: string } | undefined;
  /** Bytes of what is held, up to a line end, that nobody has looked at. */
  #uncut = 0;
  /** Byte at which the input ends, once that has been told; a line feed that was none of its own may stand there. */
  #end: number | undefined;

  constructor(grammar: Grammar<T>, state: SplitterState | undefined, maxBytes: number = maxRecordBytes) {
    this.#grammar = grammar;
    this.#text = new ChunkText(grammar.blockBytes);
    this.#maxBytes = maxBytes;
    this.#offset = state?.offset ?? 0;
    this.#line = state?.line ?? 1;
  }

  get held(): number {
    return this.#held.length;
  }

  state(): SplitterState {
    return { ...this.#grammar.state(), offset: this.#skipped?.offset ?? this.#offset, line: this.#line };
  }

  get left(): boolean {
    return this.#uncut > 0;
  }

  push(chunk: Uint8Array, into: Cuts<T>, budget: number = Number.POSITIVE_INFINITY): void {
    const rest = this.#skipped === undefined ? chunk : this.#findLineEnd(chunk, into);
    this.#append(rest);
    const { bytes, length } = this.#held;
    let to = rest.lastIndexOf(lineFeed) + 1;
    if (to > 0) to += length - rest.length;
    else if (this.#uncut > 0) to = this.#uncut;
    // A record of several lines may have grown too long without a further one.
    else if (length > this.#maxBytes) to = bytes.lastIndexOf(lineFeed, length - 1) + 1;
    if (to > 0) this.#cut(to, length, into, budget);
    if (this.#uncut === 0 && this.#held.length > this.#maxBytes) this.#skip();
  }

  end(into: Cuts<T>, budget: number = Number.POSITIVE_INFINITY): void {
    if (this.#skipped !== undefined) this.#breakSkipped(0, into);
    const { length } = this.#held;
    if (length === 0) return;
    if (this.#held.bytes[length - 1] !== lineFeed) this.#append(Uint8Array.of(lineFeed));
    this.#end ??= this.#offset + length;
    this.#cut(this.#held.length, this.#end - this.#offset, into, budget);
    if (this.#uncut === 0) this.#held.drop(this.#held.length);
  }

  #append(chunk: Uint8Array): void {
    this.#held.append(chunk);
    if (this.#offset > 0 || this.#held.length < byteOrderMark.length) return;
    if (byteOrderMark.every((byte, index) => this.#held.bytes[index] === byte)) this.#drop(byteOrderMark.length);
  }

  #drop(count: number): void {
    this.#offset += count;
    this.#held.drop(count);
  }

  /** Cuts what stands before `to`. `length`: where the bytes of the input end, the line feed that `end` adds left out. */
  #cut(to: number, length: number, into: Cuts<T>, budget: number): void {
    const { bytes } = this.#held;
    const grammar = this.#grammar;
    let from = 0;
    const broken = into.broken.length;
    this.#uncut = 0;
    this.#text.over(bytes, to);
    while (from < to) {
      if (from + (into.broken.length - broken) * brokenCost >= budget) {
        this.#uncut = to - from;
        break;
      }
      const blank = grammar.skipsBlankLines ? lineEndAt(bytes, from) : 0;
      if (blank > 0) {
        from += blank;
        this.#line++;
        continue;
      }
      const next = grammar.scan(bytes, from, to);
      if (next === open && this.#end === undefined && length - from <= this.#maxBytes) break;
      from = next < 0 ? this.#breakLine(next, from, length, into) : this.#take(from, next, length, into);
    }
    this.#drop(Math.min(from, length));
  }

  #take(from: number, next: number, length: number, into: Cuts<T>): number {
    const end = Math.min(next, length);
    if (end - from > this.#maxBytes) return this.#breakLine(open, from, length, into);
    const line = this.#line;
    const count = into.records.length;
    const fault = this.#grammar.read(this.#text, into.records);
    this.#line += this.#grammar.lineFeeds;
    if (fault !== undefined) {
      this.#break(fault, from, end, line, into);
    } else if (into.records.length > count) {
      into.ends.push(this.#offset + end);
      into.lines.push(line);
      into.nextLines.push(this.#line);
    }
    return next;
  }

  /** Gives up the first line of what is no record. */
  #breakLine(outcome: number, from: number, length: number, into: Cuts<T>): number {
    const { bytes } = this.#held;
    const { fault, faultAt } = this.#grammar;
    const next = bytes.indexOf(lineFeed, from) + 1;
    // What is too long depends on where the lines end, never on where the chunks did.
    const read = outcome === wrong ? Math.min(bytes.indexOf(lineFeed, faultAt) + 1, length) : length;
    const tooLong = read - from > this.#maxBytes;
    const line = this.#line++;
    this.#break(tooLong ? this.#tooLong() : fault, from, Math.min(next, length), line, into);
    return next;
  }

  #break(by: BrokenBy, from: number, end: number, line: number, into: Cuts<T>): void {
    this.#grammar.giveUp(by);
    const value = this.#readable(from, end);
    into.broken.push({
      ...by,
      before: into.records.length,
      line,
      nextLine: this.#line,
      value,
      end: this.#offset + end,
    });
  }

  #readable(from: number, end: number): string {
    const { bytes } = this.#held;
    let to = end;
    if (to > from && bytes[to - 1] === lineFeed) to--;
    if (to > from && bytes[to - 1] === carriageReturn) to--;
    return readableUtf8(bytes.subarray(from, Math.min(to, from + keptBytes, from + this.#maxBytes)));
  }

  #tooLong(): Fault {
    return { rule: `at most ${this.#maxBytes} bytes` };
  }

  /** What is held is the beginning of a line that is too long. */
  #skip(): void {
    const { length } = this.#held;
    this.#skipped = { offset: this.#offset, value: this.#readable(0, length) };
    this.#drop(length);
  }

  /** What stands behind the line that is passed over. */
  #findLineEnd(chunk: Uint8Array, into: Cuts<T>): Uint8Array {
    const next = chunk.indexOf(lineFeed) + 1;
    if (next > 0) this.#breakSkipped(next, into);
    else this.#offset += chunk.length;
    return chunk.subarray(next === 0 ? chunk.length : next);
  }

  #breakSkipped(bytesMore: number, into: Cuts<T>): void {
    const fault = this.#tooLong();
    this.#grammar.giveUp(fault);
    const value = this.#skipped?.value ?? '';
    const line = this.#line++;
    this.#offset += bytesMore;
    this.#skipped = undefined;
    const before = into.records.length;
    into.broken.push({ ...fault, before, line, nextLine: this.#line, value, end: this.#offset } satisfies Broken);
  }
}

/** Length of the line end that stands here, 0 where none does. */
function lineEndAt(bytes: Uint8Array, index: number): number {
  if (bytes[index] === lineFeed) return 1;
  return bytes[index] === carriageReturn && bytes[index + 1] === lineFeed ? 2 : 0;
}
