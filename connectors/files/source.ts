import { ArgumentError } from '../../core/errors.ts';
import type { Format } from '../../core/format.ts';
import { boolean, oneOf, optionsObject } from '../../core/guards.ts';
import type { Source, SourceReader, SourceRequest } from '../../core/source.ts';
import { boundedPartitions } from './input/bounded-partitions.ts';
import { checkCompression, compressionOf, type CompressionOption } from './input/compression.ts';
import { FileReader } from './input/file-reader.ts';
import { markBytes } from './input/fingerprint.ts';
import { followedPartitions } from './input/followed-partitions.ts';
import { fileFormat } from './options.ts';
import { nameOf, type Paths, pathsOf } from './input/paths.ts';

const where = 'fromFile';
const chunkBytes = 64 * 1024;
const mayGo = 'what a rotation of the log destroys before it is read cannot be read; a warning says so';

export interface FromFileOptions<T> {
  /** How records lie in the file: `csv()`, `jsonLines()`, `text()`. */
  readonly format: Format<T>;
  /** Goes on at the end of the file as `tail -F` does, through rotation and truncation. Default false. */
  readonly follow?: boolean;
  /**
   * `one` (default): files are read one after the other, by name. `file`: side by side, each a partition that is called
   * by its path. With `follow` and several paths, or a pattern, it has to be said.
   */
  readonly partitions?: 'one' | 'file';
  /** `auto` (default): `.gz` is gzip, `.zst` is zstd, anything else is read as it is. */
  readonly compression?: 'auto' | 'none' | 'gzip' | 'zstd';
  /** Whether the metrics of the job say how far it is. Default true, and false with `follow`, which has no end. */
  readonly progress?: boolean;
}

/**
 * Reads records from files: from a path, several, or all that match a pattern.
 *
 * - **Starts** with the first record that is asked for: all files must be there then, and each is opened when it is its
 *   turn. With `follow` a file may come later. A position goes on with exactly the rest.
 * - **Completes** behind the last record of the last file, as long as it was when its end was reached; never with `follow`.
 * - **Fails** with a `ConnectorError`: `ML_FILE_NOT_FOUND` for a file that is not there, and where nothing matches;
 *   `ML_FILE_CHANGED` for one that is shorter than the position to go on from, or another than was read; `ML_CONNECTOR`
 *   for one that cannot be read, behind the records that can, `cause` = the error of Node. What is no record is a
 *   rejection (`invalid`) with its line.
 * - **Unsubscribe** stops at once, and closes the files when the read that is under way has ended.
 * - **Memory** one chunk (64 KiB) of each partition and the record that it cuts through; of a packed file two chunks more.
 *   Nothing is read ahead: one request, one chunk.
 * - **Delivery** every record, in order, in one partition (`'0'`) or in one of each file; any position can be gone back to
 *   (`replay: 'any'`). With `follow`, what a rotation destroys before it can be read is gone: a warning says so.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a path that is none or stands there twice, a pattern that is
 * none, an option that is wrong or does not go with another, or a format that knows no records in files.
 */
export function fromFile<T>(path: string | readonly string[], options: FromFileOptions<T>): Source<T> {
  const known = ['format', 'follow', 'partitions', 'compression', 'progress'];
  const given = optionsObject<FromFileOptions<T>>(where, options, known);
  const settings = settingsOf(pathsOf(where, path), given);
  const { paths, follow } = settings;
  const format = fileFormat<T, 'splitter'>(where, given.format, 'splitter');
  return {
    name: nameOf(paths),
    traits: { timestamps: false, live: follow, replay: 'any', ...(follow ? { warning: mayGo } : {}) },
    open: (request) => open(settings, format.splitter, request),
  };
}

type Choices = Omit<FromFileOptions<never>, 'format'>;

interface Settings {
  readonly paths: Paths;
  readonly follow: boolean;
  readonly partitions: 'one' | 'file';
  readonly compression: CompressionOption;
  readonly progress: boolean;
}

function settingsOf(paths: Paths, given: Choices): Settings {
  const follow = boolean(where, 'follow', given.follow ?? false);
  const progress = boolean(where, 'progress', given.progress ?? !follow);
  const compression = oneOf(where, 'compression', given.compression ?? 'auto', ['auto', 'none', 'gzip', 'zstd']);
  for (const path of paths.literal) checkCompression(where, compression, path);
  if (follow) checkFollowed(paths, given, compression);
  const partitions = oneOf(where, 'partitions', given.partitions ?? 'one', ['one', 'file']);
  return { paths, follow, partitions, compression, progress };
}

function checkFollowed(paths: Paths, given: Choices, compression: CompressionOption): void {
  const packed = paths.literal.find((path) => compressionOf(path, compression) !== 'none');
  if (packed !== undefined || !['auto', 'none'].includes(compression)) {
    const [option, value] =
      packed === undefined || compression !== 'auto' ? ['compression', compression] : ['path', packed];
    throw new ArgumentError(where, option, 'of files that are not packed', value, 'what is packed cannot be followed');
  }
  if (given.partitions !== undefined || (paths.literal.length === 1 && paths.globs.length === 0)) return;
  const hint = '`one` reads them by name and goes on in the last, `file` follows all of them side by side';
  throw new ArgumentError(where, 'partitions', 'chosen where several files are followed', undefined, hint);
}

function open<T>(
  { paths, follow, partitions, compression, progress }: Settings,
  splitterOf: NonNullable<Format<T>['splitter']>,
  { positions, fields, signal, clock, notice }: SourceRequest,
): SourceReader<T> {
  const stopping = new AbortController();
  const request = {
    where,
    paths,
    partitions,
    compression,
    positions,
    splitterOf,
    fields,
    signal: AbortSignal.any([signal, stopping.signal]),
    warn: (message: string) => notice({ kind: 'warning', message: `${where}: ${message}` }),
    // What was read last is read again in front of it.
    chunk: new Uint8Array(chunkBytes + markBytes),
  };
  return new FileReader<T>({
    clock,
    signal: request.signal,
    stop: () => stopping.abort(),
    follows: follow,
    tellsProgress: progress,
    partitions: follow ? followedPartitions(request, clock) : boundedPartitions(request),
  });
}
