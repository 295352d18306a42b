import { type Duration, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { namedEntries, oneOf, optionsObject, positiveInteger } from '../../core/guards.ts';
import type { Sink } from '../../core/sink.ts';
import { nodeDisk } from './disk/node-disk.ts';
import { processes } from './disk/processes.ts';
import { fileFormat, filePath } from './options.ts';
import { openWriter } from './output/open-writer.ts';
import type { OutputSettings } from './output/settings.ts';

export interface ToFileOptions<T> {
  /** How rows lie in the file: `csv()`, `jsonLines()`, `text()`. */
  readonly format: Format<T>;
  /**
   * What becomes of a file that is there already. `create` (default) refuses it, unless a restarting job wrote it itself;
   * `append` writes behind it; `overwrite` empties it.
   */
  readonly mode?: 'create' | 'append' | 'overwrite';
  /** Writes parts instead of one file. Default: it does not. */
  readonly roll?: RollOptions;
}

/** When a part is complete, and the next one begins: what comes first. */
export interface RollOptions {
  /** It has so many bytes, before compression. A row is never cut: a longer one has a part of its own. */
  readonly bytes?: number;
  /** Its first row came so long ago, in processing time. */
  readonly every?: Duration;
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
export function toFile<T>(path: string | ((row: T) => string), options: ToFileOptions<T>): Sink<T> {
  const settings = outputSettings(path, options);
  return {
    name: typeof settings.path === 'string' ? settings.path : 'toFile(row)',
    traits: { guarantee: 'follows' },
    open: (request) => openWriter(settings, request, { disk: nodeDisk, processes }),
  };
}

export function outputSettings<T>(path: string | ((row: T) => string), options: ToFileOptions<T>): OutputSettings<T> {
  const checked = typeof path === 'function' ? path : filePath('toFile', path);
  if (typeof checked === 'string' && checked.endsWith('.zst')) {
    throw new ArgumentError(
      'toFile',
      'path',
      'a path that does not end with `.zst`',
      checked,
      'such files are not written',
    );
  }
  const given = optionsObject<ToFileOptions<T>>('toFile', options, ['format', 'mode', 'roll']);
  const format = fileFormat<T, 'encoder'>('toFile', given.format, 'encoder');
  return {
    path: checked,
    encoder: format.encoder,
    splitter: format.spansLines === true ? format.splitter : undefined,
    mode: oneOf('toFile', 'mode', given.mode ?? 'create', ['create', 'append', 'overwrite']),
    roll: given.roll === undefined ? undefined : rollOf(given.roll),
  };
}

function rollOf(given: RollOptions): OutputSettings<never>['roll'] {
  namedEntries('toFile', 'roll', given);
  const { bytes, every } = optionsObject<RollOptions>('toFile', given, ['bytes', 'every']);
  return {
    bytes: bytes === undefined ? Number.POSITIVE_INFINITY : positiveInteger('toFile', 'roll.bytes', bytes),
    everyMs: every === undefined ? Number.POSITIVE_INFINITY : positiveDuration('toFile', 'roll.every', every),
  };
}
