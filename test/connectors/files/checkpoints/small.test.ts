import { describe, expect, it } from 'vitest';
import { openFolder } from '../../../../connectors/files/checkpoints/open-folder.ts';
import type { OpenCheckpointStore } from '../../../../core/checkpoint.ts';
import { CrashingDisk } from '../../../support/crashing-disk.ts';
import { onlyOne } from '../../../support/file-lives.ts';
import { sampleCheckpoint } from '../../../support/sample-checkpoint.ts';

const folder = 'state/job';

const opened = (disk: CrashingDisk): Promise<OpenCheckpointStore> =>
  openFolder('state', 'job', { disk, processes: onlyOne(1) });

/** What a store has done to the disk, in words. */
async function changesOf(disk: CrashingDisk, act: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const before = disk.changes.length;
  await act();
  return disk.changes.slice(before).map((change) => change.split(' ')[0]);
}

describe('a folder of small checkpoints', () => {
  it('writes each at once, and removes the oldest when the new one is durable', async () => {
    const disk = new CrashingDisk();
    const store = await opened(disk);
    for (let number = 1; number <= 3; number++) {
      const changes = await changesOf(disk, () => store.store(sampleCheckpoint(`r-${number}`)));
      expect(changes).toEqual(['new', 'write', 'sync', 'rename', 'sync']);
    }
    const changes = await changesOf(disk, () => store.store(sampleCheckpoint('r-4')));
    expect(changes).toEqual(['new', 'write', 'sync', 'rename', 'sync', 'remove']);
    expect((await store.list()).map(({ id }) => id)).toEqual(['r-4', 'r-3', 'r-2']);
    await store.close();
  });

  it('writes over what a store left that failed, and could not clear it away', async () => {
    const disk = new CrashingDisk();
    const store = await opened(disk);
    disk.put(`${folder}/0000000001-r-1.tmp`, 'half of it');
    await store.store(sampleCheckpoint('r-1'));
    expect(await store.list()).toEqual([sampleCheckpoint('r-1')]);
    await store.close();
  });

  it('tells that the oldest could not go, knows the new one all the same, and tries it again', async () => {
    const disk = new CrashingDisk();
    const store = await opened(disk);
    for (let number = 1; number <= 3; number++) await store.store(sampleCheckpoint(`r-${number}`));
    disk.fails = { at: disk.changes.length + 6, code: 'EIO' };
    await expect(store.store(sampleCheckpoint('r-4'))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      message: `directory: cannot write "${folder}": EIO`,
    });
    await expect(store.store(sampleCheckpoint('r-4'))).rejects.toThrowError('"r-4" is stored already');
    await store.store(sampleCheckpoint('r-5'));
    expect((await store.list()).map(({ id }) => id)).toEqual(['r-5', 'r-4', 'r-3']);
    await store.close();
  });
});
