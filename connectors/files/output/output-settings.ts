import { positiveDuration } from '../../../core/duration.ts';
import { ArgumentError } from '../../../core/errors.ts';
import type { Encoder, Format } from '../../../core/format.ts';
import { namedEntries, oneOf, optionsObject, positiveInteger } from '../../../core/guards.ts';
import type { Plain } from '../../../core/plain.ts';
import { fileFormat, filePath } from '../options.ts';
import type { RollOptions, ToFileOptions } from '../to-file-options.ts';

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

export function outputSettings<T>(path: string | ((row: T) => string), options: ToFileOptions<T>): OutputSettings<T> {
  const checked = typeof path === 'function' ? path : filePath('toFile', path);
  if (typeof checked === 'string' && checked.endsWith('.zst')) {
    const expected = 'a path that does not end with `.zst`';
    throw new ArgumentError('toFile', 'path', expected, checked, 'such files are not written');
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
