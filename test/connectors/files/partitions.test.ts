import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../../connectors/files/source.ts';
import { text } from '../../../core/format/text.ts';
import { readUntil, requestOf } from '../../support/connector-contract.ts';
import { lastPositions, readAll } from '../../support/read-all.ts';
import { openFilesIn, tempFolder } from '../../support/temp-folder.ts';

const root = tempFolder();
let count = 0;

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = join(root, `${count++}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('files that match a pattern', () => {
  it('are read in the order of their names, whoever lists them', async () => {
    const folder = folderOf({ 'b-2.txt': '3\n', 'b-10.txt': '2\n', 'a.txt': '1\n', 'c.log': 'x\n' });
    const source = fromFile(join(folder, '*.txt'), { format: text() });
    expect((await readAll(source)).records()).toEqual({ '0': ['1', '2', '3'] });
    expect(source.name).toBe(join(folder, '*.txt'));
  });

  it('are read once, however often they match', async () => {
    const folder = folderOf({ 'a.txt': '1\n', 'b.txt': '2\n' });
    const paths = [join(folder, '*.txt'), join(folder, 'a.txt'), join(folder, '{a,b}.*')];
    expect((await readAll(fromFile(paths, { format: text() }))).records()).toEqual({ '0': ['1', '2'] });
  });

  it('are looked for when the first record is asked for', async () => {
    const folder = folderOf({});
    const reader = fromFile(join(folder, '*'), { format: text() }).open(requestOf());
    writeFileSync(join(folder, 'a'), '1\n');
    expect((await readUntil(reader, (read) => read.isOver)).records()).toEqual({ '0': ['1'] });
    await reader.close();
  });

  it.each(['one', 'file'] as const)('are an error where there are none, with partitions %s', async (partitions) => {
    const folder = folderOf({ 'a.csv': '' });
    await expect(readAll(fromFile(join(folder, '*.txt'), { format: text(), partitions }))).rejects.toMatchObject({
      code: 'ML_FILE_NOT_FOUND',
      retryable: false,
      message: expect.stringContaining(`fromFile: no file matches "${join(folder, '*.txt')}"`) as string,
    });
  });

  it.each(['one', 'file'] as const)(
    'may be gone when they were read to their end, with partitions %s',
    async (partitions) => {
      const folder = folderOf({ a: '1\n2\n', b: '3\n' });
      const source = fromFile(join(folder, '*'), { format: text(), partitions });
      const reader = source.open(requestOf());
      const read = await readUntil(reader, ({ batches }) => batches.length === 1);
      await reader.close();
      rmSync(join(folder, 'a'));
      const rest = await readAll(source, { positions: lastPositions(read) });
      expect(Object.values(rest.records()).flat()).toEqual(['3']);
      const half = { [partitions === 'one' ? '0' : join(folder, 'a')]: read.batches[0]!.positionAfter(1) };
      await expect(readAll(source, { positions: half })).rejects.toThrowError('which is not among the files');
      rmSync(join(folder, 'b'));
    },
  );
});

describe('files side by side', () => {
  it('have a partition each, called by its path, and their turns', async () => {
    const long = 'x'.repeat(999);
    const folder = folderOf({ a: `${long}\n`.repeat(200), b: `${long}\n`.repeat(200), c: '' });
    const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
    const read = await readAll(fromFile(paths, { format: text(), partitions: 'file' }));
    expect(Object.keys(read.records())).toEqual(paths);
    expect(read.batches.map(({ partition }) => partition.at(-1)).join('')).toBe('abababab');
    expect(read.ended.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(paths);
  });

  it('give no second batch of a partition of which one is at hand', async () => {
    const folder = folderOf({ a: `${'x'.repeat(999)}\n`.repeat(200), b: '1\n' });
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const controller = new AbortController();
    const source = fromFile([a, b], { format: text(), partitions: 'file' });
    const reader = source.open(requestOf({ signal: controller.signal }));
    await reader.next();
    const held = new Set([a]);
    expect((await reader.next(held)).value).toMatchObject({ kind: 'batch', batch: { partition: b } });
    expect((await reader.next(held)).value).toEqual({ kind: 'ended', partition: b });
    const waiting = reader.next(held);
    controller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await reader.close();
    expect(openFilesIn(folder)).toBe(0);
  });

  it('tell how far all of them are, unless nobody wants to know', async () => {
    const folder = folderOf({ a: 'x\n'.repeat(500), b: 'x\n'.repeat(1500) });
    const source = fromFile(join(folder, '*'), { format: text(), partitions: 'file' });
    const reader = source.open(requestOf());
    await readUntil(reader, (read) => read.batches.length === 1);
    expect(reader.progress?.()).toEqual({ done: 1000, total: 4000, unit: 'bytes' });
    await readUntil(reader, (read) => read.ended.length === 2);
    expect(reader.progress?.()).toEqual({ done: 4000, total: 4000, unit: 'bytes' });
    await reader.close();
    const silent = fromFile(join(folder, '*'), { format: text(), progress: false }).open(requestOf());
    expect(silent.progress).toBeUndefined();
    await silent.close();
  });
});
