import type { Duration } from '../../core/duration.ts';
import type { Format } from '../../core/format.ts';

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
