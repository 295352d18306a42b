import type { Fault } from '../rejection.ts';
import { open, wrong } from './record-splitter.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const unclosed: Fault = { rule: 'a row in which every quote is closed' };
const textBehindQuote: Fault = { rule: 'a row with nothing between a closing quote and the next delimiter' };

/** Finds the cells of one record of CSV (RFC 4180) in bytes, and decodes nothing. */
export class CsvScanner {
  /** Cells in the record that was scanned last. */
  width = 0;
  lineFeeds = 0;
  fault: Fault = unclosed;
  faultAt = 0;
  /** How a quote inside quotes is written. */
  readonly doubled: string;
  readonly #delimiter: number;
  readonly #quote: number;
  /** 1 where a cell without quotes ends. */
  readonly #ends = new Uint8Array(256);
  /** Where each cell begins and ends. Of a record with more cells than columns the further ones are only counted. */
  #bounds = new Int32Array(0);
  #doubled = new Uint8Array(0);
  #anyDoubled = false;
  /** Bytes of an open record that have been looked at: behind them its quote may close. */
  #lookedAt = 0;

  constructor(delimiter: string, quote: string) {
    this.doubled = quote + quote;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote.charCodeAt(0);
    this.#ends[this.#delimiter] = 1;
    this.#ends[lineFeed] = 1;
  }

  get columns(): number {
    return this.#doubled.length;
  }

  /** Of how many cells the places are kept; those of the record that was scanned last are kept if it stays the same. */
  set columns(count: number) {
    if (count === this.columns) return;
    this.#bounds = new Int32Array(2 * count);
    this.#doubled = new Uint8Array(count);
  }

  begin(column: number): number {
    return this.#bounds[2 * column] as number;
  }

  end(column: number): number {
    return this.#bounds[2 * column + 1] as number;
  }

  hasDoubled(column: number): boolean {
    return this.#anyDoubled && this.#doubled[column] === 1;
  }

  /** The next scan is of another record. */
  restart(): void {
    this.#lookedAt = 0;
  }

  /** The byte behind the record that begins at `from`, or `open`, or `wrong`. The byte before `to` is a line feed. */
  scan(bytes: Uint8Array, from: number, to: number): number {
    // The whole record again only when its quote may have closed: a long one is not looked at from its beginning each time.
    if (this.#lookedAt > 0 && !this.#quoteStands(bytes, from, to)) return open;
    const ends = this.#ends;
    const bounds = this.#bounds;
    const quote = this.#quote;
    let cell = 0;
    let begin = from;
    this.lineFeeds = 1;
    if (this.#anyDoubled) {
      this.#doubled.fill(0);
      this.#anyDoubled = false;
    }
    for (;;) {
      let end: number;
      if (bytes[begin] === quote) {
        begin++;
        end = this.#closingQuote(bytes, begin, to, cell >> 1);
        if (end < 0) return this.#stayOpen(from, to);
        bounds[cell++] = begin;
        bounds[cell++] = end++;
        if (bytes[end] === carriageReturn && bytes[end + 1] === lineFeed) end++;
        if (ends[bytes[end] as number] !== 1) return this.#refuse(end);
      } else {
        end = begin;
        while (ends[bytes[end] as number] === 0) end++;
        bounds[cell++] = begin;
        bounds[cell++] = end > begin && bytes[end] === lineFeed && bytes[end - 1] === carriageReturn ? end - 1 : end;
      }
      begin = end + 1;
      if (bytes[end] === lineFeed) {
        this.width = cell >> 1;
        return begin;
      }
    }
  }

  /** Where the quoted cell that begins at `from` ends, -1 where it does not. */
  #closingQuote(bytes: Uint8Array, from: number, to: number, column: number): number {
    const quote = this.#quote;
    for (let index = from; index < to; index++) {
      const byte = bytes[index];
      if (byte === lineFeed) {
        this.lineFeeds++;
      } else if (byte === quote) {
        if (bytes[index + 1] !== quote) return index;
        index++;
        this.#doubled[column] = 1;
        this.#anyDoubled = true;
      }
    }
    return -1;
  }

  #stayOpen(from: number, to: number): number {
    this.#lookedAt = to - from;
    this.fault = unclosed;
    return open;
  }

  #quoteStands(bytes: Uint8Array, from: number, to: number): boolean {
    const at = bytes.indexOf(this.#quote, from + this.#lookedAt);
    const stands = at >= 0 && at < to;
    this.#lookedAt = stands ? 0 : to - from;
    return stands;
  }

  #refuse(at: number): number {
    this.fault = textBehindQuote;
    this.faultAt = at;
    return wrong;
  }
}
