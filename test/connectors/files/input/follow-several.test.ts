import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromFile, type FromFileOptions } from '../../../../connectors/files/source.ts';
import { text } from '../../../../core/format/text.ts';
import { requestOf } from '../../../support/connector-contract.ts';
import { following } from '../../../support/following.ts';
import { openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const root = tempFolder();
let count = 0;

function newFolder(): string {
  const folder = join(root, `${count++}`);
  mkdirSync(folder);
  return folder;
}

const follow = (path: string | string[], partitions?: FromFileOptions<string>['partitions']) =>
  fromFile(path, { format: text(), follow: true, ...(partitions === undefined ? {} : { partitions }) });

describe('files that are followed by name', () => {
  it('are read to their ends, and the last one goes on until a later one begins', async () => {
    const folder = newFolder();
    const day = (number: number): string => join(folder, `app-2024-11-0${number}.log`);
    writeFileSync(day(1), '1a\n1b');
    writeFileSync(day(2), '2a\n');
    const log = following(follow(join(folder, 'app-*.log'), 'one'));
    expect(await log.take(5)).toEqual(['1a', '1b', '2a']);
    appendFileSync(day(2), '2b\n');
    expect(await log.take()).toEqual(['2b']);
    writeFileSync(day(3), '');
    appendFileSync(day(2), '2c\n');
    expect(await log.take(15)).toEqual(['2c']);
    appendFileSync(day(3), '3a\n');
    expect(await log.take(15)).toEqual(['3a']);
    expect(log.origins.at(-1)).toBe(`${day(3)}:1`);
    await log.reader.close();
    appendFileSync(day(3), '3b\n');
    writeFileSync(day(4), '4a\n');
    expect(await following(follow(join(folder, 'app-*.log'), 'one'), log.positions).take(15)).toEqual(['3b', '4a']);
  });

  it('may be packed when they are done', async () => {
    const folder = newFolder();
    const day = (number: number): string => join(folder, `app-2024-11-0${number}.log`);
    writeFileSync(`${day(1)}.gz`, gzipSync('1a\n'));
    writeFileSync(day(2), '2a\n');
    const log = following(follow(join(folder, 'app-*.log*'), 'one'));
    expect(await log.take(5)).toEqual(['1a', '2a']);
    appendFileSync(day(2), '2b\n');
    await log.reader.close();
    writeFileSync(`${day(2)}.gz`, gzipSync('2a\n2b\n'));
    rmSync(day(2));
    writeFileSync(day(3), '3a\n');
    expect(await following(follow(join(folder, 'app-*.log*'), 'one'), log.positions).take(15)).toEqual(['2b', '3a']);
  });
});

describe('files that are followed side by side', () => {
  it('have a partition each, and new ones come in', async () => {
    const folder = newFolder();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, `${name}.log`)) as [string, string, string];
    writeFileSync(a, 'a1\n');
    writeFileSync(b, 'b1\n');
    const log = following(follow(join(folder, '*.log'), 'file'));
    const opened = await log.next();
    expect(opened.kind === 'opened' && Object.keys(opened.positions)).toEqual([a, b]);
    expect(await log.take(2)).toEqual(['a1', 'b1']);
    writeFileSync(c, 'c1\n');
    appendFileSync(a, 'a2\n');
    // A pattern is looked at once a second.
    expect(await log.take(30)).toEqual(['a2', 'c1']);
    expect(Object.keys(log.positions)).toEqual([a, b, c]);
  });

  it('are rotated each for itself, also where what rotations make matches', async () => {
    const folder = newFolder();
    const [a, b] = ['a', 'b'].map((name) => join(folder, `${name}.log`)) as [string, string];
    writeFileSync(`${a}.1`, 'a0\n');
    writeFileSync(a, 'a1\n');
    writeFileSync(b, 'b1\n');
    const source = follow(join(folder, '*.log*'), 'file');
    const log = following(source);
    expect(await log.take(20)).toEqual(['a0', 'b1', 'a1']);
    renameSync(a, `${a}.2`);
    writeFileSync(a, 'a2\n');
    expect(await log.take(40)).toEqual(['a2']);
    expect(Object.keys(log.positions)).toEqual([a, b]);
    await log.reader.close();
    // In the moment of a restart there is no such file.
    appendFileSync(a, 'a3\n');
    renameSync(a, `${a}.3`);
    const again = following(source, log.positions);
    expect(await again.take(20)).toEqual(['a3']);
    writeFileSync(a, 'a4\n');
    expect(await again.take(40)).toEqual(['a4']);
  });

  it('do not wait for each other', async () => {
    const folder = newFolder();
    const [busy, silent] = [join(folder, 'busy'), join(folder, 'silent')];
    writeFileSync(busy, `${'x'.repeat(999)}\n`.repeat(200));
    writeFileSync(silent, '');
    // A clock that stands still: whoever waits, waits for ever.
    const reader = follow([busy, silent], 'file').open(requestOf());
    await reader.next();
    const told: unknown[] = [];
    for (let asked = 0; asked < 6; asked++) {
      const { value } = await reader.next(new Set(asked % 2 === 0 ? [] : [busy]));
      told.push(value?.kind === 'batch' ? value.batch.partition : value);
    }
    const empty = { kind: 'empty', partition: silent, askedMs: 0 };
    expect(told).toEqual([busy, empty, busy, empty, busy, empty]);
    await reader.close();
    expect(openFilesIn(folder)).toBe(0);
  });
});

describe('a reader that waits for more', () => {
  it('is stopped at once, and closes its files', async () => {
    const folder = newFolder();
    const path = join(folder, 'app.log');
    writeFileSync(path, 'a\n');
    const controller = new AbortController();
    const reader = follow(path).open(requestOf({ signal: controller.signal }));
    await reader.next();
    await reader.next();
    const waiting = reader.next();
    expect(openFilesIn(folder)).toBe(1);
    setImmediate(() => controller.abort());
    expect(await waiting).toEqual({ done: true, value: undefined });
    await reader.close();
    expect(openFilesIn(folder)).toBe(0);
  });

  it('is closed at once, also without a signal', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a'), '');
    const reader = follow(join(folder, 'a')).open(requestOf());
    await reader.next();
    const waiting = reader.next();
    await reader.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('tells its progress where it is asked to', async () => {
    const folder = newFolder();
    const path = join(folder, 'app.log');
    writeFileSync(path, `${'x'.repeat(99)}\n`.repeat(1000));
    expect(follow(path).open(requestOf()).progress).toBeUndefined();
    const reader = fromFile(path, { format: text(), follow: true, progress: true }).open(requestOf());
    await reader.next();
    await reader.next();
    expect(reader.progress?.()).toEqual({ done: 65_536, total: 100_000, unit: 'bytes' });
    await reader.close();
  });

  it.each(['nowhere/app.log', 'nowhere/*.log', '{nowhere,there}/a/*.log'])(
    'refuses %s, for the folder is not there',
    async (path) => {
      const log = following(follow(join(newFolder(), path), 'file'));
      await expect(log.next()).rejects.toMatchObject({ code: 'ML_FILE_NOT_FOUND', retryable: false });
    },
  );

  it('refuses a folder', async () => {
    const folder = newFolder();
    await expect(following(follow(folder)).next()).rejects.toThrowError(`fromFile: "${folder}" is not a file`);
  });
});
