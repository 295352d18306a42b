import { ConnectorError } from '../../../core/errors.ts';
import { show } from '../../../core/show.ts';
import type { Disk } from '../disk/disk.ts';
import { withFile } from '../disk/with-file.ts';
import { fileError } from '../file-error.ts';
import { fileExists } from './file-exists.ts';
import { foreignFile } from './foreign-file.ts';
import type { OpeningNote } from './output-state.ts';
import type { Output } from './output.ts';
import { PartsThere } from './parts-there.ts';
import type { OutputSettings } from './output-settings.ts';

const where = 'toFile';

/** What will become of what is there already, before anything is touched. */
export async function lookAt<T>(
  disk: Disk,
  settings: OutputSettings<T>,
  output: Output<T>,
  parts: PartsThere,
): Promise<OpeningNote> {
  const { path } = output;
  const { mode, roll } = settings;
  try {
    if (roll !== undefined) {
      const there = await parts.of(path);
      const [first] = there;
      if (mode === 'create' && first !== undefined) throw fileExists(first.path);
      return { path, next: mode === 'overwrite' ? 1 : (there.at(-1)?.number ?? 0) + 1 };
    }
    const found = await disk.stat(path);
    if (found === undefined) return { path, bytes: 0, isNew: true };
    if (!found.isFile) throw new ConnectorError(where, `"${path}" is not a file`, { retryable: false });
    if (mode === 'create') throw fileExists(path);
    return { path, bytes: mode === 'append' ? found.size : 0, isNew: false };
  } catch (cause) {
    throw fileError(where, 'open', path, cause);
  }
}

/** Opens a path for the first time, as it was noted. */
export async function begin<T>(
  disk: Disk,
  settings: OutputSettings<T>,
  output: Output<T>,
  opening: OpeningNote,
): Promise<void> {
  const { path, current } = output;
  try {
    if (opening.next !== undefined) {
      if (settings.mode === 'overwrite') {
        for (const part of await new PartsThere(disk).of(path)) await disk.remove(part.path);
      }
      output.beginAt(opening.next);
    } else if (current !== undefined && opening.isNew !== true) {
      await goOnWith(disk, settings, output, opening.bytes ?? 0);
    }
  } catch (cause) {
    throw fileError(where, 'open', path, cause);
  }
}

/** Brings a file to this length, durably: what stood behind it must not come back when the power fails. */
export async function cutTo(disk: Disk, path: string, found: number, length: number): Promise<void> {
  await withFile(disk, path, 'write', async (file) => {
    if (found > length) await file.truncate(length);
    await file.sync();
  });
}

/** Writes behind what is there, or in place of it. */
async function goOnWith<T>(disk: Disk, settings: OutputSettings<T>, output: Output<T>, length: number): Promise<void> {
  const { path, current: part } = output;
  const found = await disk.stat(path);
  if (part === undefined || found === undefined) return;
  await cutTo(disk, path, found.size, length);
  const { beginning, lineEnd } = await foreignFile(disk, path, length, settings.splitter?.({ fields: [] }));
  if (length > 0) {
    if (part.isBlank) output.read(beginning);
    else sameHead(path, output.head ?? '', beginning);
    part.front = lineEnd;
    part.isBlank = false;
  }
  part.adopt(found.identity, length);
}

/** Rows that came before anybody looked are encoded already: the file must have the same columns. */
function sameHead(path: string, head: string, beginning: Uint8Array): void {
  const text = Buffer.from(beginning)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');
  if (text.startsWith(head)) return;
  const [line = ''] = text.split('\n');
  const what = `"${path}" begins with ${show(line)}, and its rows need ${show(head.trimEnd())} there`;
  throw new ConnectorError(where, what, { retryable: false });
}
