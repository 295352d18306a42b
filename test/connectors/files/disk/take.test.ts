import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DiskStep } from '../../../../connectors/files/disk/disk.ts';
import { DiskThread } from '../../../../connectors/files/disk/disk-thread.ts';
import { nodeDisk } from '../../../../connectors/files/disk/node-disk.ts';
import { takeSteps } from '../../../../connectors/files/disk/take-steps.ts';
import { folderIn, tempFolder } from '../../../support/temp-folder.ts';

const root = tempFolder();
const bytes = Buffer.from('some bytes');

/** Asked so often that a thread is worth it, and ready. */
async function readyThread(): Promise<DiskThread> {
  const thread = new DiskThread();
  while (!thread.isReady(0)) await new Promise((resolve) => setImmediate(resolve));
  return thread;
}

afterEach(() => vi.useRealTimers());

const ways: Readonly<Record<string, () => Promise<(steps: readonly DiskStep[]) => Promise<void>>>> = {
  'one by one': () => Promise.resolve((steps) => takeSteps(nodeDisk, steps)),
  'in a thread': async () => {
    const thread = await readyThread();
    return (steps) => thread.take(steps);
  },
};

describe.each(Object.entries(ways))('steps on the disk, taken %s', (_, way) => {
  it('are taken in their order', async () => {
    const [take, folder] = [await way(), folderIn(root)];
    const [path, to] = [join(folder, 'a'), join(folder, 'b')];
    await take([
      { do: 'write', path, bytes },
      { do: 'rename', path, to },
      { do: 'sync', path: folder },
      { do: 'write', path, bytes: bytes.subarray(5) },
    ]);
    expect([readFileSync(to, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['some bytes', 'bytes']);
    await take([
      { do: 'remove', path },
      { do: 'remove', path },
    ]);
    expect([existsSync(path), existsSync(to)]).toEqual([false, true]);
  });

  it.each<[string, string, (folder: string) => DiskStep]>([
    ['a new file that is there already', 'EEXIST', (folder) => ({ do: 'write', path: join(folder, 'there'), bytes })],
    ['a file that is missing', 'ENOENT', (folder) => ({ do: 'rename', path: join(folder, 'none'), to: folder })],
    ['a folder that is missing', 'ENOENT', (folder) => ({ do: 'sync', path: join(folder, 'none') })],
    ['a folder as a file', /^(EISDIR|EPERM)$/.source, (folder) => ({ do: 'remove', path: folder })],
    ['another file', 'ESTALE', (folder) => ({ do: 'expect', path: join(folder, 'there'), identity: '0:0', links: 1 })],
    ['no file', 'ESTALE', (folder) => ({ do: 'expect', path: join(folder, 'none'), identity: '0:0', links: 1 })],
  ])('end with the first that fails: %s', async (_what, code, step) => {
    const [take, folder] = [await way(), folderIn(root)];
    writeFileSync(join(folder, 'there'), 'theirs');
    const [before, behind] = [join(folder, 'before'), join(folder, 'behind')];
    const steps: DiskStep[] = [
      { do: 'write', path: before, bytes },
      step(folder),
      { do: 'write', path: behind, bytes },
    ];
    await expect(take(steps)).rejects.toMatchObject({ code: expect.stringMatching(code) as string });
    expect([existsSync(before), existsSync(behind)]).toEqual([true, false]);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('theirs');
    await take([{ do: 'write', path: behind, bytes }]);
  });

  it('go on where a file is the same, with the names that it had', async () => {
    const [take, folder] = [await way(), folderIn(root)];
    const path = join(folder, 'there');
    writeFileSync(path, 'ours');
    const { identity } = (await nodeDisk.stat(path))!;
    const expected = { do: 'expect', path, identity } as const;
    await take([
      { ...expected, links: 1 },
      { do: 'write', path: join(folder, 'behind'), bytes },
    ]);
    expect(statSync(join(folder, 'behind')).size).toBe(bytes.length);
    await expect(take([{ ...expected, links: 2 }])).rejects.toMatchObject({ code: 'ESTALE' });
  });
});

describe('a thread for the disk', () => {
  it('is begun where lists come often, and not where they come seldom', async () => {
    const thread = new DiskThread();
    for (let now = 0; now < 100_000; now += 150) expect(thread.isReady(now)).toBe(false);
    for (let look = 0; look < 50; look++) await new Promise((resolve) => setImmediate(resolve));
    expect(thread.isReady(1_000_000)).toBe(false);
  });

  it('takes lists in their order, however many wait', async () => {
    const [thread, folder] = [await readyThread(), folderIn(root)];
    const path = (number: number): string => join(folder, String(number));
    const all = Array.from({ length: 200 }, (_, number) =>
      thread.take([
        { do: 'write', path: path(number + 1), bytes },
        ...(number === 0 ? [] : ([{ do: 'remove', path: path(number) }] as const)),
      ]),
    );
    await Promise.all(all);
    expect([existsSync(path(199)), existsSync(path(200))]).toEqual([false, true]);
  });

  it('says so when it dies, as something that may pass, and is begun again', async () => {
    const [thread, folder] = [await readyThread(), folderIn(root)];
    const dying = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker) {
      void this.terminate();
    });
    const lost = [thread.take([{ do: 'sync', path: folder }]), thread.take([{ do: 'sync', path: folder }])];
    for (const each of lost) await expect(each).rejects.toMatchObject({ code: 'EINTR' });
    dying.mockRestore();
    expect(thread.isReady(0)).toBe(false);
    while (!thread.isReady(0)) await new Promise((resolve) => setImmediate(resolve));
    await thread.take([{ do: 'write', path: join(folder, 'again'), bytes }]);
    expect(existsSync(join(folder, 'again'))).toBe(true);
  });

  it('ends when nothing came for a while, and is begun again', async () => {
    const [thread, folder] = [await readyThread(), folderIn(root)];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await thread.take([{ do: 'sync', path: folder }]);
    vi.advanceTimersByTime(4_000);
    await thread.take([{ do: 'sync', path: folder }]);
    vi.advanceTimersByTime(4_000);
    expect(thread.isReady(0)).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(thread.isReady(0)).toBe(false);
    while (!thread.isReady(0)) await new Promise((resolve) => setImmediate(resolve));
    await thread.take([{ do: 'write', path: join(folder, 'again'), bytes }]);
    expect(existsSync(join(folder, 'again'))).toBe(true);
  });
});
