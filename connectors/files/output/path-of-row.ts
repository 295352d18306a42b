import { normalize, sep } from 'node:path';
import { show } from '../../../core/show.ts';
import { isPath } from '../is-path.ts';

/** With what we put around it, a name must not be longer than file systems take. */
const longestName = 220;

/**
 * A path that a row names. It may come from somebody else's data, so it must not lead out of where the program put it.
 *
 * @throws TypeError that says why it is none.
 */
export function pathOfRow(value: unknown): string {
  if (!isPath(value)) throw refused('be the path of a file', value);
  const names = value.split(/[\\/]/);
  const last = names.at(-1) ?? '';
  if (['', '.', '..'].includes(last)) throw refused('end with the name of a file', value);
  if (names.slice(names.findIndex((name) => name !== '..')).includes('..')) {
    throw refused('not go up behind the name of a folder', value);
  }
  if (last.endsWith('.zst')) throw refused('not end with `.zst`: such files are not written', value);
  if (names.some((name) => Buffer.byteLength(name) > longestName)) {
    throw refused(`have names of at most ${longestName} bytes`, value);
  }
  return normalize(value.split('/').join(sep));
}

function refused(rule: string, value: unknown): TypeError {
  return new TypeError(`toFile: the path of a row must ${rule}, got ${show(value)}`);
}
