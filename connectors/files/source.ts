import type { Format } from '../../core/format.ts';
import { optionsObject } from '../../core/guards.ts';
import type { Source } from '../../core/source.ts';
import { FileReader } from './file-reader.ts';
import { fileFormat, filePaths } from './options.ts';

export interface FromFileOptions<T> {
  /** How records lie in the file: `csv()`, `jsonLines()`, `text()`. */
  readonly format: Format<T>;
}

/**
 * Reads records from a file, or from several, one after the other in the order of their paths.
 *
 * - **Starts** with the first record that is asked for: all files must be there then, and each is opened when it is its
 *   turn. A position goes on with exactly the rest.
 * - **Completes** behind the last record of the last file, as long as it was when its end was reached.
 * - **Fails** with a `ConnectorError`: `ML_FILE_NOT_FOUND` for a file that is not there; `ML_CONNECTOR` for one that
 *   cannot be read, or is shorter than the position to go on from, or begins otherwise than it did, `cause` = the error
 *   of Node. What is no record is a rejection (`invalid`) with its line.
 * - **Unsubscribe** stops at once, and closes the file when the read that is under way has ended.
 * - **Memory** one chunk (64 KiB) and the record that it cuts through. Nothing is read ahead: one request, one chunk.
 * - **Delivery** every record, in order, in one partition (`'0'`); any position can be gone back to (`replay: 'any'`).
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a path that is none or stands there twice, or a format that
 * knows no records in files.
 */
export function fromFile<T>(path: string | readonly string[], options: FromFileOptions<T>): Source<T> {
  const paths = filePaths('fromFile', path);
  const given = optionsObject<FromFileOptions<T>>('fromFile', options, ['format']);
  const format = fileFormat<T, 'splitter'>('fromFile', given.format, 'splitter');
  const [first = ''] = paths;
  return {
    name: paths.length === 1 ? first : `${first} (+${paths.length - 1})`,
    traits: { timestamps: false, live: false, replay: 'any' },
    open: (request) => new FileReader<T>(paths, format.splitter, request),
  };
}
