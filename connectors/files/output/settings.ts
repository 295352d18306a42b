import type { Encoder, Format } from '../../../core/format.ts';
import type { Plain } from '../../../core/plain.ts';

/** The options of `toFile`, checked. */
export interface OutputSettings<T> {
  readonly path: string | ((row: T) => unknown);
  readonly encoder: (beginning?: Uint8Array, learnt?: Plain) => Encoder<T>;
  /** Of a format whose records may hold line ends: finds out whether the last one of a file is complete. */
  readonly splitter: NonNullable<Format<T>['splitter']> | undefined;
  readonly mode: 'create' | 'append' | 'overwrite';
  /** When a file is rolled: how large a part may be, and how long it may take rows. */
  readonly roll: { readonly bytes: number; readonly everyMs: number } | undefined;
}
