import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Positions } from '../../../../core/batch.ts';
import { following } from '../../../support/following.ts';
import { follow, write } from '../../../support/log-files.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
let count = 0;

/** A log of which a job has read two lines. */
async function readTwo(one = 'one', two = 'two'): Promise<{ readonly path: string; readonly positions: Positions }> {
  const path = join(folder, `${count++}`, 'app.log');
  mkdirSync(join(path, '..'));
  write(path, [one, two]);
  const log = following(follow(path));
  await log.take();
  await log.reader.close();
  return { path, positions: log.positions };
}

describe('a job that follows, and starts again', () => {
  it('goes on in the same file', async () => {
    const { path, positions } = await readTwo();
    write(path, ['three']);
    const log = following(follow(path), positions);
    expect(await log.take()).toEqual(['three']);
    expect(log.origins).toEqual([`${path}:3`]);
    expect(log.warnings).toEqual([]);
  });

  it.each<[string, (path: string) => void]>([
    ['app.log.1', (path) => renameSync(path, `${path}.1`)],
    ['a name that no rotation gives', (path) => renameSync(path, join(path, '..', 'kept'))],
    ['app.log.1.gz', (path) => packed(path, `${path}.1.gz`)],
    ['app.log.gz', (path) => packed(path, `${path}.gz`)],
    ['app-20241129.log.gz', (path) => packed(path, path.replace('.log', '-20241129.log.gz'))],
    ['a copy', (path) => copied(path)],
  ])('finds its file again under %s, then reads the new one', async (_, rotate) => {
    const { path, positions } = await readTwo();
    write(path, ['three']);
    rotate(path);
    write(path, ['four']);
    const log = following(follow(path), positions);
    expect(await log.take(5)).toEqual(['three', 'four']);
    expect(log.warnings).toEqual([]);
  });

  it('reads a copy in front of what came to the file behind it, though both were written to in one tick', async () => {
    const { path, positions } = await readTwo();
    renameSync(path, `${path}.1`);
    write(path, ['three']);
    // Made in another tick than the copy.
    await setTimeout(20);
    copyFileSync(path, `${path}.2`);
    truncateSync(path);
    write(path, ['four']);
    renameSync(path, `${path}.3`);
    const tick = Date.now() / 1_000 + 1;
    for (const number of [2, 3]) utimesSync(`${path}.${number}`, tick, tick);
    write(path, ['five']);
    const log = following(follow(path), positions);
    expect(await log.take(6)).toEqual(['three', 'four', 'five']);
    expect(log.warnings).toEqual([]);
  });

  it('knows another file at the same path, also where it has the inode of the old one', async () => {
    const { path, positions } = await readTwo();
    const { ino } = statSync(path);
    let isSame = false;
    for (let attempt = 0; attempt < 50 && !isSame; attempt++) {
      unlinkSync(path);
      writeFileSync(path, 'one\ntwo\nthree\n');
      isSame = statSync(path).ino === ino;
    }
    const log = following(follow(path), positions);
    expect(await log.take(5)).toEqual(['one', 'two', 'three']);
    expect(log.warnings).toEqual([
      `fromFile: "${path}" was cut, replaced or removed: what stood behind byte 8 and had not been read is gone (it cannot be known whether there was any)`,
    ]);
  });

  it('takes a file that was moved to another disk for the same, where it can know it', async () => {
    const { path, positions } = await readTwo('x'.repeat(2000));
    copyFileSync(path, `${path}~`);
    renameSync(`${path}~`, path);
    write(path, ['three']);
    const log = following(follow(path), positions);
    expect(await log.take()).toEqual(['three']);
    expect(log.warnings).toEqual([]);
  });

  it('reads what has come since, where its own file is gone', async () => {
    const { path, positions } = await readTwo();
    unlinkSync(path);
    write(path, ['three']);
    renameSync(path, `${path}.1`);
    // All this may happen within one tick of the file system.
    const later = new Date(Date.now() + 1000);
    utimesSync(`${path}.1`, later, later);
    write(path, ['four']);
    const log = following(follow(path), positions);
    expect(await log.take(5)).toEqual(['three', 'four']);
    expect(log.warnings).toHaveLength(1);
  });

  it('goes on behind the last whole line, where the writer has cut off half a one', async () => {
    const { path, positions } = await readTwo();
    const running = following(follow(path), positions);
    appendFileSync(path, 'torn');
    expect(await running.take()).toEqual([]);
    truncateSync(path, 8);
    write(path, ['three']);
    expect(await running.take()).toEqual(['three']);
    expect(running.warnings).toEqual([]);
    expect(await following(follow(path), positions).take()).toEqual(['three']);
  });

  it('says how much is gone where nothing was kept of it', async () => {
    const { path, positions } = await readTwo();
    const log = following(follow(path), positions);
    appendFileSync(path, 'three and a half');
    expect(await log.take()).toEqual([]);
    truncateSync(path);
    write(path, ['4']);
    expect(await log.take(5)).toEqual(['4']);
    expect(log.warnings).toEqual([
      `fromFile: "${path}" was cut, replaced or removed: what stood behind byte 8 and had not been read is gone (at least 16 bytes)`,
    ]);
  });

  it('says how much the copy lacks of what was there', async () => {
    const { path, positions } = await readTwo('x'.repeat(2000));
    const log = following(follow(path), positions);
    write(path, ['three']);
    copyFileSync(path, `${path}.1`);
    appendFileSync(path, 'half a line');
    expect(await log.take()).toEqual(['three']);
    truncateSync(path);
    write(path, ['4']);
    expect(await log.take(5)).toEqual(['4']);
    expect(log.warnings).toEqual([
      `fromFile: "${path}" was cut, and "${path}.1" has less of it: what stood behind byte 2011 and had not been read is gone (at least 11 bytes)`,
    ]);
  });

  it('refuses a position in a file that it does not follow', async () => {
    const { path, positions } = await readTwo();
    const log = following(follow(`${path}.other`), positions);
    await expect(log.next()).rejects.toThrowError('which is not among the files');
  });
});

function packed(path: string, to: string): void {
  writeFileSync(to, gzipSync(readFileSync(path)));
  unlinkSync(path);
}

function copied(path: string): void {
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}
