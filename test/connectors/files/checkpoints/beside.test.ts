import { describe, expect, it } from 'vitest';
import { openFolder } from '../../../../connectors/files/checkpoints/open-folder.ts';
import type { OpenCheckpointStore } from '../../../../core/checkpoint.ts';
import { CrashingDisk } from '../../../support/crashing-disk.ts';
import { onlyOne } from '../../../support/file-lives.ts';
import { sampleCheckpoint } from '../../../support/sample-checkpoint.ts';

const folder = 'state/job';

/** A disk on which removing something takes until it is told to go on, or fails. */
class SlowlyForgetting extends CrashingDisk {
  gate: Promise<void> = Promise.resolve();
  isBroken = false;

  override async remove(path: string): Promise<boolean> {
    if (!path.endsWith('.committed')) return await super.remove(path);
    await this.gate;
    if (this.isBroken) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    return await super.remove(path);
  }

  get committed(): string[] {
    return Object.keys(this.files(folder)).filter((path) => path.endsWith('.committed'));
  }
}

const opened = (disk: CrashingDisk): Promise<OpenCheckpointStore> =>
  openFolder('state', 'job', { disk, processes: onlyOne(1) });

async function storeUpTo(store: OpenCheckpointStore, last: number): Promise<void> {
  for (let number = 1; number <= last; number++) await store.store(sampleCheckpoint(`r-${number}`));
}

/** With four, of which the first one is to go, and does not before it is let. */
async function waitingToForget(): Promise<{ disk: SlowlyForgetting; store: OpenCheckpointStore; open: () => void }> {
  const disk = new SlowlyForgetting();
  const store = await opened(disk);
  let open = (): void => {};
  disk.gate = new Promise((resolve) => (open = resolve));
  await storeUpTo(store, 4);
  return { disk, store, open };
}

describe('a folder of checkpoints', () => {
  it('is done when the new one is durable, while the old one still goes', async () => {
    const { disk, store, open } = await waitingToForget();
    expect(disk.changes.at(-1)).toBe(`sync folder ${folder}`);
    expect(disk.committed).toHaveLength(4);
    open();
    await store.close();
    expect(disk.committed).toHaveLength(3);
  });

  it('has the old one gone before it makes the next one durable', async () => {
    const { disk, store, open } = await waitingToForget();
    const before = disk.changes.length;
    const fifth = store.store(sampleCheckpoint('r-5'));
    await new Promise((resolve) => setImmediate(resolve));
    open();
    await fifth;
    const changes = disk.changes.slice(before).map((change) => change.split(' ')[0]);
    expect(changes.slice(0, changes.indexOf('sync', changes.indexOf('remove')) + 1)).toEqual([
      'new',
      'write',
      'sync',
      'rename',
      'remove',
      'sync',
    ]);
    await store.close();
  });

  it('tells whoever stores next that the old one could not go, and tries it again', async () => {
    const disk = new SlowlyForgetting();
    const store = await opened(disk);
    disk.isBroken = true;
    await storeUpTo(store, 4);
    await expect(store.store(sampleCheckpoint('r-5'))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      message: `directory: cannot remove "${folder}": EIO`,
    });
    disk.isBroken = false;
    await store.store(sampleCheckpoint('r-6'));
    expect((await store.list()).map(({ id }) => id)).toEqual(['r-6', 'r-5', 'r-4']);
    await store.close();
  });

  it('writes a small one at once', async () => {
    const disk = new CrashingDisk();
    const store = await opened(disk);
    const before = disk.changes.length;
    await store.store(sampleCheckpoint('r-1'));
    const changes = disk.changes.slice(before).map((change) => change.split(' ')[0]);
    expect(changes).toEqual(['new', 'write', 'sync', 'rename', 'sync']);
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
});
