import { join } from 'node:path';
import type { OpenCheckpointStore } from '../../../core/checkpoint.ts';
import { ArgumentError } from '../../../core/errors.ts';
import { foldersFrom } from '../disk/folders-from.ts';
import { Locks } from '../disk/locks.ts';
import type { World } from '../disk/world.ts';
import { fileError } from '../file-error.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';
import { safeName } from './safe-name.ts';

const where = 'directory';

/** Opens the folder of a job, for nobody else meanwhile. */
export async function openFolder(
  path: string,
  job: string,
  { disk, processes: all }: World,
  { evict = false }: { readonly evict?: boolean } = {},
): Promise<OpenCheckpointStore> {
  if (job === '') throw new ArgumentError(where, 'name', 'a name', job);
  const folder = join(path, safeName(job));
  const locks = new Locks(disk, all);
  try {
    await disk.makeFolder(folder);
    // A former process may have made them, and died before they were durable.
    for (const each of foldersFrom(folder)) await disk.syncFolder(each);
    await locks.take(where, folder, join(folder, 'lock'), evict);
    const store = new CheckpointFolder(disk, folder, job, locks);
    await store.begin();
    return store;
  } catch (cause) {
    await locks.release().catch(() => undefined);
    throw fileError(where, 'open', folder, cause);
  }
}
