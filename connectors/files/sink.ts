import type { Sink } from '../../core/sink.ts';
import { nodeDisk } from './disk/node-disk.ts';
import { processes } from './disk/processes.ts';
import { openWriter } from './output/open-writer.ts';
import { outputSettings } from './output/output-settings.ts';
import type { ToFileOptions } from './to-file-options.ts';

/**
 * Writes rows to a file, or to the files that they name; in parts, if it is rolled; packed, if its name ends with `.gz`.
 *
 * - **Starts** when the job opens it, before the first record is read; a path that rows name, with its first row. A job
 *   that restarts goes on with its own files, also if it died before its first checkpoint: what stands behind the
 *   checkpoint is taken back, then written again.
 * - **Completes** with the job. A row stays in memory until it is sent; a checkpoint sends, then waits for `fsync`. A part
 *   is hidden until it is complete and its checkpoint is committed, and never changes after that.
 * - **Fails** with a `ConnectorError`, and stays failed: `ML_FILE_EXISTS` under `create`; `ML_LOCKED` for a file that another
 *   job has; `ML_FILE_NOT_FOUND` for a folder, or a file of the checkpoint, that is not there; `ML_CONNECTOR` for one that
 *   cannot be written (a full disk is retryable), is shorter than the checkpoint says, or was changed by somebody else,
 *   `cause` = the error of Node. A row that names no path, or that the format cannot write, throws from `write`, which is a
 *   rejection (`invalid`) of the sink's step.
 * - **Memory** what is written between two sends: the credit of the job; each path that rows have named. At most 128 files
 *   are open at once.
 * - **Delivery** exactly once under a checkpoint, by truncation to the lengths that it holds; without one, what was sent
 *   stays in the file.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a path, mode or `roll` that is none, or a format that writes no
 * files.
 */
export function toFile<T>(path: string | ((row: T) => string), options: ToFileOptions<T>): Sink<T> {
  const settings = outputSettings(path, options);
  return {
    name: typeof settings.path === 'string' ? settings.path : 'toFile(row)',
    traits: { guarantee: 'follows' },
    open: (request) => openWriter(settings, request, { disk: nodeDisk, processes }),
  };
}
