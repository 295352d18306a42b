import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../core/format/csv.ts';
import { jsonLines } from '../../../core/format/json-lines.ts';
import { text } from '../../../core/format/text.ts';
import { folderIn, openFilesIn, tempFolder } from '../../support/temp-folder.ts';
import { filesIn, opened } from '../../support/written-files.ts';

const root = tempFolder();

interface Row {
  readonly day: string;
  readonly n: number;
}

describe('toFile with a path by row', () => {
  it('writes each row to its file, in order, and makes the folders', async () => {
    const folder = folderIn(root);
    const { writer, notes, write, checkpoint } = await opened<Row>(({ day }) => join(folder, day, 'out.csv'), {
      format: csv(),
    });
    expect(filesIn(folder)).toEqual({});
    write({ day: 'a', n: 1 }, { day: 'b/c', n: 2 }, { day: 'a', n: 3 }, { day: 'a', n: 4 });
    expect(writer.buffered).toEqual({ records: 4, bytes: 18 });
    await writer.send();
    expect(writer.buffered.records).toBe(0);
    write({ day: 'b/c', n: 5 });
    const state = await checkpoint();
    expect(filesIn(folder)).toEqual({ 'a/out.csv': 'day,n\na,1\na,3\na,4\n', 'b/c/out.csv': 'day,n\nb/c,2\nb/c,5\n' });
    const path = (day: string): string => join(folder, day, 'out.csv');
    const opening = (day: string) => ({ path: path(day), bytes: 0, isNew: true });
    expect(notes).toEqual([{ openings: [opening('a'), opening('b/c')] }]);
    expect(state).toEqual({
      outputs: [
        { path: path('a'), bytes: 18, learnt: ['day', 'n'] },
        { path: path('b/c'), bytes: 18, learnt: ['day', 'n'] },
      ],
    });
  });

  it('takes different ways to write a path for the same file', async () => {
    const folder = folderIn(root);
    const names = ['x/a', './x/a', 'x//a', 'x/./a'];
    const { write, checkpoint } = await opened<string>((name) => `${folder}/${name}`, { format: text() });
    write(...names);
    await checkpoint();
    expect(filesIn(folder)).toEqual({ 'x/a': names.map((name) => `${name}\n`).join('') });
  });

  it.each([
    ['', 'be the path of a file'],
    [undefined, 'be the path of a file'],
    ['a\0b', 'be the path of a file'],
    ['a/', 'end with the name of a file'],
    ['a/..', 'end with the name of a file'],
    ['a/../b', 'not go up behind the name of a folder'],
    ['out/../../etc/passwd', 'not go up behind the name of a folder'],
    ['/srv/x/../../etc/passwd', 'not go up behind the name of a folder'],
    ['out\\..\\x', 'not go up behind the name of a folder'],
    ['..', 'end with the name of a file'],
    ['x'.repeat(221), 'have names of at most 220 bytes'],
    [`${'ä'.repeat(111)}/x`, 'have names of at most 220 bytes'],
    ['a.zst', 'not end with `.zst`: such files are not written'],
  ])('refuses a row that names %j, which is a bad row and no failure', async (path, rule) => {
    const { writer, write, checkpoint } = await opened<unknown>(() => path as string, { format: jsonLines() });
    expect(() => write({})).toThrowError(new RegExp(`^toFile: the path of a row must ${rule.replaceAll('.', '\\.')}`));
    expect(() => write({})).toThrowError(TypeError);
    expect(writer.buffered.records).toBe(0);
    expect(await checkpoint()).toEqual({ outputs: [] });
  });

  it("lets what the function throws be the row's fault", async () => {
    const { write } = await opened<Row>(
      () => {
        throw new Error('no device');
      },
      { format: jsonLines() },
    );
    expect(() => write({ day: 'a', n: 1 })).toThrowError('no device');
  });

  it('has a bounded number of files open, whatever their number', { timeout: 60_000 }, async () => {
    const folder = folderIn(root);
    const paths = 160;
    const { writer, write, checkpoint } = await opened<Row>(({ n }) => join(folder, `${n % paths}.txt`), {
      format: jsonLines(),
    });
    const before = openFilesIn(folder);
    for (let round = 0; round < 3; round++) {
      write(...Array.from({ length: paths }, (_, n) => ({ day: 'x', n: round * paths + n })));
      await writer.send();
      expect(openFilesIn(folder) - before).toBeGreaterThan(90);
      expect(openFilesIn(folder) - before).toBeLessThanOrEqual(128);
    }
    await checkpoint();
    const files = filesIn(folder);
    expect(Object.keys(files)).toHaveLength(paths);
    expect(files['7.txt']).toBe('{"day":"x","n":7}\n{"day":"x","n":167}\n{"day":"x","n":327}\n');
    await writer.close();
    expect(openFilesIn(folder)).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('removes paths that were first opened behind the checkpoint, and cuts the others', async () => {
    const folder = folderIn(root);
    const path = ({ day }: Row): string => join(folder, day);
    const first = await opened<Row>(path, { format: jsonLines() });
    first.write({ day: 'a', n: 1 });
    const state = await first.checkpoint();
    first.write({ day: 'a', n: 2 }, { day: 'b', n: 3 });
    await first.writer.send();
    await first.writer.close();
    const again = await opened<Row>(path, { format: jsonLines() }, { state, notes: first.notes });
    expect(filesIn(folder)).toEqual({ a: '{"day":"a","n":1}\n' });
    again.write({ day: 'c', n: 3 });
    await again.checkpoint();
    expect(filesIn(folder)).toEqual({ a: '{"day":"a","n":1}\n', c: '{"day":"c","n":3}\n' });
  });

  it('refuses a file that is there, and does not take it for its own after that', async () => {
    const folder = folderIn(root);
    writeFileSync(join(folder, 'b'), 'mine');
    const path = ({ day }: Row): string => join(folder, day);
    const { writer, write, notes } = await opened<Row>(path, { format: jsonLines() });
    write({ day: 'b', n: 1 });
    await expect(writer.send()).rejects.toMatchObject({ code: 'ML_FILE_EXISTS', retryable: false });
    await expect(writer.cut('1')).rejects.toMatchObject({ code: 'ML_FILE_EXISTS' });
    await writer.close();
    await opened<Row>(path, { format: jsonLines() }, { notes });
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('mine');
  });

  it('appends to files that have the same columns, and refuses others', async () => {
    const folder = folderIn(root);
    writeFileSync(join(folder, 'same'), '\ufeffday,n\r\nold,0');
    writeFileSync(join(folder, 'other'), 'n,day\n0,old\n');
    writeFileSync(join(folder, 'empty'), '');
    const { writer, write, checkpoint } = await opened<Row>(({ day }) => join(folder, day), {
      format: csv(),
      mode: 'append',
    });
    write({ day: 'same', n: 1 }, { day: 'empty', n: 2 }, { day: 'new', n: 3 });
    await checkpoint();
    expect(filesIn(folder)).toEqual({
      same: '\ufeffday,n\r\nold,0\nsame,1\n',
      empty: 'day,n\nempty,2\n',
      new: 'day,n\nnew,3\n',
      other: 'n,day\n0,old\n',
    });
    write({ day: 'other', n: 4 });
    await expect(writer.send()).rejects.toThrowError(
      `toFile: "${join(folder, 'other')}" begins with "n,day" (string), and its rows need "day,n" (string) there`,
    );
  });

  it('replaces files under `overwrite`, once each', async () => {
    const folder = folderIn(root);
    writeFileSync(join(folder, 'a'), 'old\nold\nold\n');
    const options = { format: text(), mode: 'overwrite' } as const;
    const { write, checkpoint, writer } = await opened<string>(() => join(folder, 'a'), options);
    write('1');
    await checkpoint();
    write('2');
    const state = await checkpoint();
    await writer.close();
    const again = await opened<string>(() => join(folder, 'a'), options, { state });
    again.write('3');
    await again.checkpoint();
    expect(filesIn(folder)).toEqual({ a: '1\n2\n3\n' });
  });

  it('says what stands in the way of a folder', async () => {
    const folder = folderIn(root);
    writeFileSync(join(folder, 'a'), '');
    const { writer, write } = await opened<Row>(() => join(folder, 'a', 'b'), { format: jsonLines() });
    write({ day: '', n: 1 });
    await expect(writer.send()).rejects.toThrowError(`toFile: cannot make "${join(folder, 'a')}": EEXIST`);
    expect(existsSync(join(folder, '.a.lock'))).toBe(false);
  });
});
