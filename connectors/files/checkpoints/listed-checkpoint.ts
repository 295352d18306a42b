import type { OpenCheckpointStore } from '../../../core/checkpoint.ts';
import { ConnectorError } from '../../../core/errors.ts';
import type { Disk } from '../disk/disk.ts';
import { codeOf } from '../file-error.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { safeName } from './safe-name.ts';
import { idOf, type Stored } from './stored-name.ts';

export type Listed = Awaited<ReturnType<OpenCheckpointStore['list']>>[number];

/** What a file holds, or what is wrong with it. */
export async function listedCheckpoint(disk: Disk, path: string, job: string, file: Stored): Promise<Listed> {
  try {
    const standing = file.kind === 'prepared' ? 'prepared' : 'committed';
    const checkpoint = await readCheckpoint(disk, path, job, standing);
    if (safeName(checkpoint.id) === file.safeId) return checkpoint;
    throw new ConnectorError('directory', `"${path}" holds the checkpoint "${checkpoint.id}"`, { retryable: false });
  } catch (damage) {
    // What may pass is no damage: an older checkpoint must not be taken for that.
    if (!(damage instanceof ConnectorError) && codeOf(damage) !== 'EIO') throw damage;
    return { id: idOf(file.safeId), damage };
  }
}
