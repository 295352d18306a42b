import { join } from 'node:path';
import type { CheckpointStore, OpenCheckpointStore } from '../../../core/checkpoint.ts';
import { ArgumentError } from '../../../core/errors.ts';
import { foldersFrom } from '../disk/folders-from.ts';
import { Locks } from '../disk/locks.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { processes } from '../disk/processes.ts';
import { fileError } from '../file-error.ts';
import type { World } from '../disk/world.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';
import { safeName } from './safe-name.ts';

const where = 'directory';

/**
 * Keeps the checkpoints of jobs in a folder: one below it for each job, under the job's name.
 *
 * - **Starts** when a job runs: makes the folders, and takes the job's lock. A second process with the same job is refused
 *   (`ML_LOCKED`), naming the first; the lock of a process that is dead is taken over.
 * - **Writes** a checkpoint to a file of its own, piece by piece, syncs it, gives it its name, and syncs the folder: it is
 *   there whole or not at all. The three newest that are committed stay, and whatever is newer than the oldest of them.
 * - **Reads** every byte before it believes one: a file that is torn, changed, of another version or another job is told
 *   as damaged, and the job decides. The state itself is read when the job goes on from it.
 * - **Fails** with a `ConnectorError`, `cause` = the error of Node; retryable for a full disk. What was stored before stays.
 * - **Memory** 1 MiB while it writes, whatever the size of the state; the state once, when a job goes on from it.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a path that is none.
 */
export function directory(path: string): CheckpointStore {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new ArgumentError(where, 'path', 'the path of a folder', path);
  }
  return { name: path, open: (job) => openFolder(path, job, { disk: nodeDisk, processes }) };
}

export async function openFolder(
  path: string,
  job: string,
  { disk, processes: all }: World,
): Promise<OpenCheckpointStore> {
  if (job === '') throw new ArgumentError(where, 'name', 'a name', job);
  const folder = join(path, safeName(job));
  const locks = new Locks(disk, all);
  try {
    await disk.makeFolder(folder);
    // A former process may have made them, and died before they were durable.
    for (const each of foldersFrom(folder)) await disk.syncFolder(each);
    await locks.take(where, folder, join(folder, 'lock'));
    const store = new CheckpointFolder(disk, folder, job, locks);
    await store.begin();
    return store;
  } catch (cause) {
    await locks.release().catch(() => undefined);
    throw fileError(where, 'open', folder, cause);
  }
}
