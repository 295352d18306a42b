import { existsSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directory } from '../../../../connectors/files/checkpoints/directory.ts';
import type { OpenCheckpointStore } from '../../../../core/checkpoint.ts';
import { sampleCheckpoint } from '../../../support/sample-checkpoint.ts';
import { openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const root = tempFolder();
const { signal } = new AbortController();
let count = 0;
const newPath = (): string => join(root, String(count++), 'state');

async function opened(path: string, job = 'rollup'): Promise<OpenCheckpointStore> {
  const store = await directory(path).open(job, signal);
  onTestFinished(() => store.close());
  return store;
}

describe('directory', () => {
  it('gives back what was stored, the newest first, also to another process', async () => {
    const path = newPath();
    expect(existsSync(path)).toBe(false);
    const store = await opened(path);
    expect(await store.list()).toEqual([]);
    const [first, second] = [
      sampleCheckpoint('r-1'),
      sampleCheckpoint('r-2', { standing: 'prepared', finished: true }),
    ];
    const bytes = await store.store(first);
    await store.store(second);
    expect(await store.list()).toEqual([second, first]);
    await store.close();
    expect(openFilesIn(path)).toBe(0);
    expect(readdirSync(join(path, 'rollup'))).toEqual(['0000000001-r-1.committed', '0000000002-r-2.prepared']);
    expect(readFileSync(join(path, 'rollup', '0000000001-r-1.committed'))).toHaveLength(bytes);
    const again = await opened(path);
    expect(await again.list()).toEqual([second, first]);
  });

  it('keeps what a checkpoint holds beside what is known here', async () => {
    const store = await opened(newPath());
    const more = { ...sampleCheckpoint('r-1'), another: { cast: { passed: 3 } } };
    await store.store(more);
    const [found] = await store.list();
    expect(found).toEqual(more);
    expect({ ...found }).toEqual(more);
  });

  it('marks', async () => {
    const path = newPath();
    const store = await opened(path);
    await store.store(sampleCheckpoint('r-1', { standing: 'prepared' }));
    await store.mark('r-1', 'committed');
    await store.mark('r-1', 'committed');
    expect(await store.list()).toMatchObject([{ id: 'r-1', standing: 'committed' }]);
    await expect(store.mark('r-2', 'committed')).rejects.toThrowError('directory: there is no "r-2" to mark');
    await store.close();
    expect(await (await opened(path)).list()).toMatchObject([{ id: 'r-1', standing: 'committed' }]);
  });

  it('keeps the three newest that are committed, and what is newer', async () => {
    const path = newPath();
    const store = await opened(path);
    const ids = async (): Promise<string[]> => (await store.list()).map(({ id }) => id);
    await store.note('out', { of: 'nobody' }, undefined);
    for (const number of [1, 2, 3]) {
      await store.store(sampleCheckpoint(`r-${number}`));
      await store.note('out', { of: number }, `r-${number}`);
    }
    for (const number of [4, 5, 6]) await store.store(sampleCheckpoint(`r-${number}`, { standing: 'prepared' }));
    expect(await ids()).toEqual(['r-6', 'r-5', 'r-4', 'r-3', 'r-2', 'r-1']);
    expect(await store.notes('out', undefined)).toEqual([{ of: 1 }, { of: 2 }, { of: 3 }]);
    await store.mark('r-6', 'committed');
    expect(await ids()).toEqual(['r-6', 'r-5', 'r-4', 'r-3', 'r-2']);
    expect(await store.notes('out', 'r-2')).toEqual([{ of: 2 }, { of: 3 }]);
    await store.store(sampleCheckpoint('r-7'));
    await store.store(sampleCheckpoint('r-8'));
    expect(await ids()).toEqual(['r-8', 'r-7', 'r-6']);
    expect(await store.notes('out', undefined)).toEqual([{ of: 3 }]);
    await expect(store.notes('out', 'r-1')).rejects.toThrowError('there is no "r-1" that notes could stand behind');
  });

  it('does not count one that is damaged among those that it keeps', async () => {
    const path = newPath();
    const store = await opened(path);
    for (const number of [1, 2, 3]) await store.store(sampleCheckpoint(`r-${number}`));
    writeFileSync(join(path, 'rollup', '0000000003-r-3.committed'), 'torn');
    await store.list();
    await store.store(sampleCheckpoint('r-4'));
    expect((await store.list()).map(({ id }) => id)).toEqual(['r-4', 'r-3', 'r-2', 'r-1']);
    await store.store(sampleCheckpoint('r-5'));
    expect((await store.list()).map(({ id }) => id)).toEqual(['r-5', 'r-4', 'r-3', 'r-2']);
  });

  it('tells an id that is too long for a name as far as the name has it', async () => {
    const path = newPath();
    const store = await opened(path);
    const id = `a${'ä'.repeat(100)}`;
    await store.store(sampleCheckpoint(id));
    expect(await store.list()).toMatchObject([{ id }]);
    const [name = ''] = readdirSync(join(path, 'rollup'));
    writeFileSync(join(path, 'rollup', name), '');
    expect(await store.list()).toMatchObject([
      { id: expect.stringMatching(/^a(%c3%a4)+%c3%a~[0-9a-f]{16}$/) as string },
    ]);
  });

  it('refuses to store the same id twice', async () => {
    const store = await opened(newPath());
    await store.store(sampleCheckpoint('r-1'));
    await expect(store.store(sampleCheckpoint('r-1'))).rejects.toThrowError('directory: "r-1" is stored already');
  });

  it('has a folder for each job, whatever its name', async () => {
    const path = newPath();
    const names = ['a', 'A', 'a/b', '..', '.', 'ä b', 'x'.repeat(400), `${'x'.repeat(400)}y`, 'con:1'];
    for (const name of names) await (await opened(path, name)).store(sampleCheckpoint(`${name}-1`));
    expect(readdirSync(path)).toHaveLength(names.length);
    expect(readdirSync(path)).toContain('%41');
    expect(readdirSync(path)).toContain('%2e.');
    expect(readdirSync(join(path, '..'))).toEqual(['state']);
    for (const name of names) {
      await expect(opened(path, name)).rejects.toMatchObject({ code: 'ML_LOCKED' });
    }
  });

  it('keeps a second process out, and says who is in', async () => {
    const path = newPath();
    const store = await opened(path);
    await expect(opened(path)).rejects.toMatchObject({
      code: 'ML_LOCKED',
      retryable: false,
      message: expect.stringMatching(
        new RegExp(`^directory: "${path}/rollup" is in use by process ${process.pid} on .* \\(this one\\)$`),
      ) as string,
    });
    await store.close();
    await store.close();
    await opened(path);
  });

  it('does not write any more when its lock was taken away', async () => {
    const path = newPath();
    const store = await opened(path);
    await store.store(sampleCheckpoint('r-1'));
    writeFileSync(join(path, 'rollup', 'lock.new'), '');
    const { renameSync } = await import('node:fs');
    renameSync(join(path, 'rollup', 'lock.new'), join(path, 'rollup', 'lock'));
    await expect(store.store(sampleCheckpoint('r-2'))).rejects.toMatchObject({ code: 'ML_LOCKED' });
    await expect(store.note('x', {}, 'r-1')).rejects.toMatchObject({ code: 'ML_LOCKED' });
  });

  it('says which step has what cannot be stored, and stores nothing', async () => {
    const path = newPath();
    const store = await opened(path);
    const wrong = { operator: 'x', version: 1, state: [{ cells: [1, () => 1] }] };
    const snapshot = { version: 1 as const, slots: [], steps: { 'my step': wrong } };
    await expect(store.store(sampleCheckpoint('r-1', { snapshot }))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: false,
      message: 'directory: the state of "my step": cannot store an unnamed function (function), at .cells[1 of array]',
    });
    expect(readdirSync(join(path, 'rollup'))).toEqual(['lock']);
    await store.store(sampleCheckpoint('r-1'));
  });

  it('says what is in the way', async () => {
    const path = newPath();
    mkdirSync(join(path, '..'));
    writeFileSync(path, '');
    await expect(opened(path)).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: false,
      cause: { code: 'ENOTDIR' },
    });
  });

  it.each(['', 3, undefined, 'a\0b'])('refuses %j when called', (path) => {
    expect(() => directory(path as string)).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining('`path`') as string }),
    );
    expect(directory('./state').name).toBe('./state');
  });

  it('is taken away from whoever has it where that is asked for', async () => {
    const path = newPath();
    const slow = await opened(path);
    await slow.store(sampleCheckpoint('r-1'));
    const store = await directory(path).open('rollup', signal, { evict: true });
    onTestFinished(() => store.close());
    await expect(slow.store(sampleCheckpoint('r-2'))).rejects.toMatchObject({ code: 'ML_LOCKED' });
    await slow.close();
    await store.store(sampleCheckpoint('s-1'));
    expect(await store.list()).toMatchObject([{ id: 's-1' }, { id: 'r-1' }]);
  });

  it('keeps what its holder is about to store from somebody who was shut out', async () => {
    const path = newPath();
    const slow = await opened(path);
    const store = await directory(path).open('rollup', signal, { evict: true });
    onTestFinished(() => store.close());
    const unfinished = join(path, 'rollup', '0000000001-r-1.tmp');
    writeFileSync(unfinished, 'as far as it is');
    await expect(slow.store(sampleCheckpoint('r-1'))).rejects.toMatchObject({ code: 'ML_LOCKED' });
    expect(readFileSync(unfinished, 'utf8')).toBe('as far as it is');
  });

  it('finds what somebody who was shut out had begun to store, and tells who finds nothing what has become of it', async () => {
    const path = newPath();
    const slow = await opened(path);
    await slow.store(sampleCheckpoint('r-1', { standing: 'prepared' }));
    const store = await directory(path).open('rollup', signal, { evict: true });
    onTestFinished(() => store.close());
    // It was about to mark one, and to give another its name, when it was shut out.
    await slow.mark('r-1', 'committed');
    const job = join(path, 'rollup');
    writeFileSync(join(job, '0000000002-r-2.prepared'), readFileSync(join(job, '0000000001-r-1.committed')));
    const listed = await store.list();
    expect(listed.map((each) => ('damage' in each ? 'damaged' : `${each.id} ${each.standing}`))).toEqual([
      'damaged',
      'r-1 committed',
    ]);
    unlinkSync(join(job, '0000000001-r-1.committed'));
    await expect(slow.mark('r-1', 'prepared')).rejects.toMatchObject({ code: 'ML_LOCKED' });
  });
});
