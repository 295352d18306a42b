import type { CheckpointStore } from '../../../core/checkpoint.ts';
import { ArgumentError } from '../../../core/errors.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import { processes } from '../disk/processes.ts';
import { isPath } from '../is-path.ts';
import { openFolder } from './open-folder.ts';

/**
 * Keeps the checkpoints of jobs in a folder: one below it for each job, under the job's name.
 *
 * - **Starts** when a job runs: makes the folders, and takes the job's lock. A second process with the same job is refused
 *   (`ML_LOCKED`), naming the first; the lock of a process that is dead is taken over. Of a job whose partitions are shared
 *   (`scale: 'group'`) so is the lock of one that does not let go in time: what it stores from then on fails.
 * - **Writes** a checkpoint to a file of its own, piece by piece, syncs it, gives it its name, and syncs the folder: it is
 *   there whole or not at all. The three newest that are committed stay, and whatever is newer than the oldest of them. Up to
 *   64 KiB are one piece, which a thread writes where they come every tenth of a second or sooner.
 * - **Reads** every byte before it believes one: a file that is torn, changed, of another version or another job is told
 *   as damaged, and the job decides. The state itself is read when the job goes on from it.
 * - **Fails** with a `ConnectorError`, `cause` = the error of Node; retryable for a full disk. What was stored before stays.
 * - **Memory** 1 MiB while it writes, whatever the size of the state; the state once, when a job goes on from it.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, for a path that is none.
 */
export function directory(path: string): CheckpointStore {
  if (!isPath(path)) {
    throw new ArgumentError('directory', 'path', 'the path of a folder', path);
  }
  return {
    name: path,
    open: (job, _signal, options) => openFolder(path, job, { disk: nodeDisk, processes }, options),
  };
}
