import { ConnectorError } from '../errors.ts';
import type { Fault } from '../rejection.ts';
import { rowOf } from '../row.ts';
import type { SplitterRequest } from '../format.ts';
import type { ChunkText } from './chunk-text.ts';
import type { CsvOptions } from './csv-options.ts';
import { CsvScanner } from './csv-scanner.ts';
import { type BrokenBy, type Grammar, keptBlockBytes, notUtf8 } from './record-splitter.ts';

/** Rows of CSV: what stands in the first line is learnt, all others become rows with the fields that are read. */
export class CsvGrammar<T> implements Grammar<T> {
  readonly blockBytes: number = keptBlockBytes;
  readonly skipsBlankLines = true;
  readonly #options: CsvOptions;
  readonly #reads: SplitterRequest['fields'];
  readonly #scanner: CsvScanner;
  readonly #missing: ReadonlySet<string>;
  readonly #longestMissing: number;
  #columns: readonly string[] | undefined;
  #row: (grammar: CsvGrammar<T>) => unknown = () => undefined;
  #text: ChunkText | undefined;
  /** The first column of the row that could not be decoded. */
  #undecoded: number | undefined;

  constructor(options: CsvOptions, request: SplitterRequest) {
    this.#options = options;
    this.#reads = request.fields;
    this.#scanner = new CsvScanner(options.delimiter, options.quote);
    this.#missing = new Set(options.missing);
    this.#longestMissing = Math.max(-1, ...options.missing.map((each) => each.length));
    const known = request.state?.['columns'];
    if (Array.isArray(known)) this.#learn(known as readonly string[]);
    else if (typeof options.header !== 'boolean') this.#learn(options.header);
  }

  get lineFeeds(): number {
    return this.#scanner.lineFeeds;
  }

  get fault(): Fault {
    return this.#scanner.fault;
  }

  get faultAt(): number {
    return this.#scanner.faultAt;
  }

  scan(bytes: Uint8Array, from: number, to: number): number {
    const next = this.#scanner.scan(bytes, from, to);
    if (this.#columns !== undefined || next < 0) return next;
    // Nobody has said how many columns there are: this record does.
    this.#scanner.columns = this.#scanner.width;
    return this.#scanner.scan(bytes, from, to);
  }

  read(text: ChunkText, into: T[]): BrokenBy | undefined {
    this.#text = text;
    if (this.#columns === undefined) {
      const { header } = this.#options;
      const cells = Array.from({ length: this.#scanner.width }, (_, column) =>
        header ? this.#name(column) : `${column}`,
      );
      this.#learn(cells);
      if (header) return undefined;
    }
    const { columns, width } = this.#scanner;
    if (width !== columns) return { rule: `${columns} columns`, received: width };
    this.#undecoded = undefined;
    const row = this.#row(this) as T;
    if (this.#undecoded !== undefined) return this.#notText(this.#undecoded);
    into.push(row);
    return undefined;
  }

  /** The value of a column in the row that is read: called by the literal that makes it. */
  cell(column: number): string | null {
    const text = this.#cellText(column);
    return text.length <= this.#longestMissing && this.#missing.has(text) ? null : text;
  }

  giveUp(fault: Fault): void {
    this.#scanner.restart();
    if (this.#columns !== undefined || this.#options.header === false) return;
    throw new ConnectorError('csv', `the line with the names of the columns must be ${fault.rule}`, {
      retryable: false,
    });
  }

  state(): Readonly<Record<string, readonly string[]>> {
    return this.#columns === undefined ? {} : { columns: this.#columns };
  }

  #learn(columns: readonly string[]): void {
    const twice = columns.find((name, column) => name !== '' && columns.indexOf(name) !== column);
    if (twice !== undefined) {
      throw new ConnectorError('csv', `two columns have the name \`${twice}\``, { retryable: false });
    }
    this.#columns = columns;
    this.#scanner.columns = columns.length;
    const fields = columns.flatMap((name, column) => {
      if (name === '' || (this.#reads !== 'all' && !this.#reads.includes(name))) return [];
      return [{ name, text: `grammar.cell(${column})`, read: (grammar: CsvGrammar<T>) => grammar.cell(column) }];
    });
    this.#row = rowOf<[CsvGrammar<T>]>(fields, ['grammar'], {});
  }

  #name(column: number): string {
    this.#undecoded = undefined;
    const name = this.#cellText(column);
    if (this.#undecoded === undefined) return name;
    throw new ConnectorError('csv', 'the line with the names of the columns must be UTF-8 text', { retryable: false });
  }

  #cellText(column: number): string {
    const scanner = this.#scanner;
    const text = this.#text?.slice(scanner.begin(column), scanner.end(column));
    if (text === undefined) {
      this.#undecoded ??= column;
      return '';
    }
    return scanner.hasDoubled(column) ? text.replaceAll(scanner.doubled, this.#options.quote) : text;
  }

  #notText(column: number): BrokenBy {
    return { field: this.#columns?.[column] ?? '', ...notUtf8 };
  }
}
