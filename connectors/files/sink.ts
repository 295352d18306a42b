import type { Format } from '../../core/format.ts';
import { oneOf, optionsObject } from '../../core/guards.ts';
import type { Sink } from '../../core/sink.ts';
import { FileWriter } from './file-writer.ts';
import { fileFormat, filePath } from './options.ts';
import { openOutput } from './open-output.ts';

export interface ToFileOptions<T> {
  /** How rows lie in the file: `csv()`, `jsonLines()`, `text()`. */
  readonly format: Format<T>;
  /**
   * What becomes of a file that is there already. `create` (default) refuses it, unless a restarting job wrote it itself;
   * `append` writes behind it; `overwrite` empties it.
   */
  readonly mode?: 'create' | 'append' | 'overwrite';
}

/**
 * Writes rows to a file.
 *
 * - **Starts** when the job opens it, before the first record is read. A job that restarts goes on with its own file,
 *   also if it died before its first checkpoint: what stands behind the checkpoint is cut off, then written again.
 * - **Completes** with the job. A row stays in memory until it is sent; a checkpoint sends, then waits for `fsync`.
 * - **Fails** with a `ConnectorError`: `ML_FILE_EXISTS` under `create`; `ML_FILE_NOT_FOUND` for a folder, or a file of the
 *   checkpoint, that is not there; `ML_CONNECTOR` for one that cannot be written or is shorter than the checkpoint says,
 *   `cause` = the error of Node. Rows that could not be written are kept and written with the next attempt. A row that
 *   the format cannot write throws a `TypeError` from `write`, which is a rejection (`invalid`) of the sink's step.
 * - **Memory** what is written between two sends: the credit of the job.
 * - **Delivery** exactly once under a checkpoint, by truncation to the length that it holds; without one, what was sent
 *   stays in the file.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a path or mode that is none, or a format that writes no files.
 */
export function toFile<T>(path: string, options: ToFileOptions<T>): Sink<T> {
  const checked = filePath('toFile', path);
  const given = optionsObject<ToFileOptions<T>>('toFile', options, ['format', 'mode']);
  const format = fileFormat<T, 'encoder'>('toFile', given.format, 'encoder');
  const mode = oneOf('toFile', 'mode', given.mode ?? 'create', ['create', 'append', 'overwrite']);
  return {
    name: checked,
    traits: { guarantee: 'follows' },
    open: async (request) => new FileWriter<T>(await openOutput(checked, mode, request, format.encoder)),
  };
}
