import { ConnectorError } from '../errors.ts';
import type { Cuts, Encoder } from '../format.ts';
import { isMissing } from '../missing.ts';
import type { Plain } from '../plain.ts';
import { show } from '../show.ts';
import { CsvGrammar } from './csv-grammar.ts';
import type { CsvOptions } from './csv-options.ts';
import { RecordSplitter } from './record-splitter.ts';

/** Writes rows as CSV (RFC 4180, lines end with LF); a cell has quotes where it would be misread without them. */
export class CsvEncoder<T> implements Encoder<T> {
  readonly #options: CsvOptions;
  readonly #special: RegExp;
  #columns: readonly string[];
  /** Whether the columns are the user's choice among the fields; otherwise a field without a column is refused. */
  readonly #chosen: boolean;

  constructor(options: CsvOptions, beginning: Uint8Array | undefined, learnt?: Plain) {
    this.#options = options;
    this.#special = new RegExp(`[\\r\\n${escaped(options.delimiter)}${escaped(options.quote)}]|^\\ufeff`);
    this.#chosen = typeof options.header !== 'boolean';
    if (typeof options.header !== 'boolean') this.#columns = options.header;
    else if (learnt !== undefined) this.#columns = columnsOf(learnt);
    else this.#columns = options.header && beginning !== undefined ? headerOf(options, beginning) : [];
  }

  head(first: T): string {
    if (!this.#chosen) this.#learn(first);
    return this.#options.header === true ? this.#line(this.#columns) : '';
  }

  row(row: T): string {
    if (this.#columns.length === 0) this.#learn(row);
    const fields = fieldsOf(row);
    if (!this.#chosen) this.#refuseFurther(fields);
    return this.#line(this.#columns.map((name) => (Object.hasOwn(fields, name) ? cellText(name, fields[name]) : '')));
  }

  learnt(): Plain {
    return this.#columns;
  }

  #learn(row: T): void {
    const names = Object.keys(fieldsOf(row));
    if (names.length === 0) throw new TypeError('csv: the first row must have a field, it names the columns');
    if (names.includes('')) throw new TypeError('csv: a row has a field without a name, and a column must have one');
    this.#columns = names;
  }

  #refuseFurther(fields: Readonly<Record<string, unknown>>): void {
    let index = 0;
    for (const name of Object.keys(fields)) {
      if (name === this.#columns[index]) index++;
      else if (!this.#columns.includes(name)) {
        const columns = this.#columns.map((each) => `\`${each}\``).join(', ');
        throw new TypeError(`csv: a row has a field \`${name}\`, and the columns are ${columns}`);
      }
    }
  }

  #line(cells: readonly string[]): string {
    const { delimiter, quote } = this.#options;
    // The only cell of a line needs quotes when it is empty: blank lines are passed over by every reader.
    if (cells.length === 1 && cells[0] === '') return `${quote}${quote}\n`;
    return `${cells.map((cell) => (this.#special.test(cell) ? this.#quoted(cell) : cell)).join(delimiter)}\n`;
  }

  #quoted(cell: string): string {
    const { quote } = this.#options;
    return quote + cell.replaceAll(quote, quote + quote) + quote;
  }
}

function fieldsOf(row: unknown): Readonly<Record<string, unknown>> {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
  throw new TypeError(`csv: a row must be an object, got ${show(row)}`);
}

function cellText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (isMissing(value)) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Date && !isMissing(value.getTime())) return value.toISOString();
  throw new TypeError(`csv: \`${name}\` must be text, a number, a boolean or a date, got ${show(value)}`);
}

function columnsOf(learnt: Plain): readonly string[] {
  if (Array.isArray(learnt) && learnt.every((name) => typeof name === 'string')) return learnt;
  throw new ConnectorError('csv', `no names of columns: ${show(learnt)}`, { retryable: false });
}

/** The names of the columns of a file that is gone on with. */
function headerOf(options: CsvOptions, beginning: Uint8Array): readonly string[] {
  const splitter = new RecordSplitter(new CsvGrammar(options, { fields: [] }), undefined);
  const cuts: Cuts<unknown> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
  splitter.push(beginning, cuts);
  splitter.end(cuts);
  const { columns } = splitter.state();
  if (Array.isArray(columns)) return columns as readonly string[];
  throw new ConnectorError('csv', 'there is no line with the names of the columns', { retryable: false });
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
