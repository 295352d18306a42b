import type { Disk, DiskStep } from './disk.ts';
import { withFile } from './with-file.ts';

/** Takes them one by one, each when the one before has been answered. */
export async function takeSteps(disk: Disk, steps: readonly DiskStep[]): Promise<void> {
  for (const step of steps) {
    if (step.do === 'write') await writeNew(disk, step.path, step.bytes);
    else if (step.do === 'rename') await disk.rename(step.path, step.to);
    else if (step.do === 'remove') await disk.remove(step.path);
    else if (step.do === 'sync') await disk.syncFolder(step.path);
    else await expectSame(disk, step);
  }
}

async function writeNew(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await withFile(disk, path, 'new', async (file) => {
    await file.write(bytes, 0);
    await file.sync();
  });
}

async function expectSame(disk: Disk, { path, identity, links }: Extract<DiskStep, { do: 'expect' }>): Promise<void> {
  const found = await disk.stat(path);
  if (found?.identity === identity && found.links >= links) return;
  throw Object.assign(new Error(`ESTALE: "${path}" is not what it was`), { code: 'ESTALE' });
}
