import type { Format, SplitterRequest } from '../format.ts';
import { asMessages } from './as-messages.ts';
import { CsvEncoder } from './csv-encoder.ts';
import { CsvGrammar } from './csv-grammar.ts';
import { type CsvOptions, csvOptions } from './csv-options.ts';
import { RecordSplitter } from './record-splitter.ts';

export interface CsvFormatOptions<T = Record<string, string>> {
  /**
   * `true` (default): the first line names the columns. A list: the file has no such line, and these are the columns, one
   * without a name (`''`) is left out. `false`: it has none either, and the columns are called `'0'`, `'1'`, and so on.
   */
  readonly header?: boolean | readonly Extract<keyof T, string>[];
  /** One ASCII character. Default `,`. */
  readonly delimiter?: string;
  /** One ASCII character. Default `"`. */
  readonly quote?: string;
  /** Texts that become `null`, with quotes around them or without. Default: none. */
  readonly missing?: readonly string[];
}

/**
 * Comma-separated values, as RFC 4180 has them: one row a record, every cell a text. As the value of a message, where
 * `header` is a list or `false`: one row, with all its fields.
 *
 * - **Emits** a row with the fields that the chain reads. Lines end with LF or CRLF, the last one also with the file; a CR
 *   elsewhere is text. Cells in quotes may hold delimiters, line ends and doubled quotes; a quote inside a cell that does
 *   not begin with one is text. Blank lines are passed over, and so are columns without a name.
 * - **Fails** a row with too few or too many cells, a quote that is never closed, text behind a closing quote, a cell that
 *   is read and is not UTF-8, and a row longer than 16 MiB are rejections (`invalid`) with their line; where the row has no
 *   end of its own, reading goes on with the next line. A header that names a column twice, or cannot be read, is a
 *   `ConnectorError`: nothing in such a file has a name.
 * - **Memory** the row, at most 16 MiB.
 * - **Writes** the header from the fields of the first row (no header where `header` is a list or `false`), missing values
 *   as nothing, dates as ISO 8601. A nested object, and a field that no column is for, throw a `TypeError`, which is a
 *   rejection of the sink's step; where `header` is a list, it chooses among the fields.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a `header`, `delimiter`, `quote` or `missing` that cannot be.
 */
export function csv<T = Record<string, string>>(options: CsvFormatOptions<T> = {}): Format<T> {
  const checked = csvOptions(options);
  return {
    name: 'csv',
    splitter: (request) => csvSplitter<T>(checked, request),
    spansLines: true,
    encoder: (beginning, learnt) => new CsvEncoder<T>(checked, beginning, learnt),
    // A message has no line before it that could name the columns.
    ...(checked.header === true
      ? {}
      : asMessages({
          name: 'csv',
          splitter: () => csvSplitter<T>(checked, { fields: 'all' }),
          encoder: () => new CsvEncoder<T>(checked, undefined),
        })),
  };
}

export function csvSplitter<T>(options: CsvOptions, request: SplitterRequest, maxBytes?: number): RecordSplitter<T> {
  return new RecordSplitter(new CsvGrammar<T>(options, request), request.state, maxBytes);
}
