import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../../../connectors/files/source.ts';
import { jsonLines } from '../../../../core/format/json-lines.ts';
import { following } from '../../../support/following.ts';
import { follow, write } from '../../../support/log-files.ts';
import { openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
let count = 0;

/** A folder of its own, and the path of a log in it. */
function logPath(): string {
  const path = join(folder, `${count++}`);
  mkdirSync(path);
  return join(path, 'app.log');
}

const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

describe('a file that is followed', () => {
  it('hands over what is appended, line by line, and only whole lines', async () => {
    const path = logPath();
    write(path, ['a', 'b']);
    appendFileSync(path, 'half');
    const log = following(follow(path));
    expect(await log.take()).toEqual(['a', 'b']);
    expect(await log.take()).toEqual([]);
    appendFileSync(path, ' a line\nnext');
    expect(await log.take()).toEqual(['half a line']);
    expect(log.origins).toEqual([1, 2, 3].map((line) => `${path}:${line}`));
    expect(log.warnings).toEqual([]);
  });

  it('gives half a line that a restart comes between once, and whole', async () => {
    const path = logPath();
    appendFileSync(path, '{"a":1}\n{"a":');
    const source = fromFile(path, { format: jsonLines(), follow: true });
    const first = following(source);
    expect(await first.take()).toEqual([{ a: 1 }]);
    await first.reader.close();
    appendFileSync(path, '2}\n');
    expect(await following(source, first.positions).take()).toEqual([{ a: 2 }]);
  });

  it('waits for a file that is not there yet', async () => {
    const path = logPath();
    const log = following(follow(path));
    expect(await log.take(3)).toEqual([]);
    expect(log.warnings).toEqual([`fromFile: "${path}" is not there yet, and is waited for`]);
    write(path, ['a']);
    expect(await log.take()).toEqual(['a']);
  });

  it('tells how long it has asked in vain, and nothing while records come', async () => {
    const path = logPath();
    write(path, ['a']);
    const log = following(follow(path));
    const events = [await log.next(), await log.next(), await log.next(), await log.next()];
    expect(events.map((event) => event.kind)).toEqual(['opened', 'batch', 'empty', 'empty']);
    expect(events.slice(2)).toEqual([
      { kind: 'empty', partition: '0', askedMs: 100 },
      { kind: 'empty', partition: '0', askedMs: 100 },
    ]);
  });

  it('reads a file that was renamed to its end, then the new one', async () => {
    const path = logPath();
    write(path, lines(0, 3));
    const log = following(follow(path));
    expect(await log.take()).toEqual(lines(0, 3));
    write(path, lines(3, 5));
    renameSync(path, `${path}.1`);
    write(path, lines(7, 9));
    // Its writer has not heard of it yet.
    write(`${path}.1`, lines(5, 7));
    expect(await log.take(5)).toEqual(lines(3, 9));
    expect(log.origins.slice(-2)).toEqual([`${path}:1`, `${path}:2`]);
    expect(log.warnings).toEqual([]);
  });

  it('stays with a renamed file while nothing stands in the new one', async () => {
    const path = logPath();
    write(path, ['a']);
    const log = following(follow(path));
    await log.take();
    renameSync(path, `${path}.1`);
    expect(await log.take(5)).toEqual([]);
    writeFileSync(path, '');
    expect(await log.take(5)).toEqual([]);
    write(`${path}.1`, ['b']);
    expect(await log.take(5)).toEqual(['b']);
    write(path, ['c']);
    expect(await log.take(5)).toEqual(['c']);
  });

  it('takes the last line of a file that it leaves for whole', async () => {
    const path = logPath();
    appendFileSync(path, 'a\nb');
    const log = following(follow(path));
    expect(await log.take()).toEqual(['a']);
    renameSync(path, `${path}.1`);
    write(path, ['c']);
    expect(await log.take(5)).toEqual(['b', 'c']);
  });

  it.each(['{0}.{1}', '{0}-2024112{1}', '{0}.{1}.gz'])(
    'reads all files of rotations that were too quick, as %s',
    async (name) => {
      const path = logPath();
      const rotated = (number: number): string => name.replace('{0}', path).replace('{1}', `${number}`);
      write(path, ['0']);
      touch(path, 0);
      const log = following(follow(path));
      await log.take();
      const order = name.endsWith('gz') ? [1, 2, 3] : [3, 2, 1];
      for (const [index, number] of order.entries()) {
        write(path, [`${index + 1}`]);
        touch(path, index + 1);
        if (name.endsWith('gz')) writeFileSync(rotated(number), gzipSync(readFileSync(path)));
        else renameSync(path, rotated(number));
        touch(rotated(number), index + 1);
        if (name.endsWith('gz')) unlinkSync(path);
      }
      write(path, ['4']);
      expect(await log.take(5)).toEqual(['1', '2', '3', '4']);
      expect(log.warnings).toEqual([]);
    },
  );

  it('says so when a file is written to that it has left', async () => {
    const path = logPath();
    write(path, ['a']);
    const log = following(follow(path));
    await log.take();
    renameSync(path, `${path}.1`);
    write(path, ['b']);
    expect(await log.take(5)).toEqual(['b']);
    write(`${path}.1`, ['late']);
    expect(await log.take(3)).toEqual([]);
    expect(log.warnings).toEqual([
      `fromFile: "${path}" was written to after a later file had begun: 5 bytes behind byte 2 were not read`,
    ]);
  });

  it('begins again in a file that was deleted and made anew, and lets go of what was deleted', async () => {
    const path = logPath();
    write(path, ['a']);
    const log = following(follow(path));
    await log.take();
    appendFileSync(path, 'b');
    unlinkSync(path);
    expect(await log.take(60)).toEqual(['b']);
    await log.take(60);
    expect(openFilesIn(join(path, '..'))).toBe(0);
    write(path, ['c']);
    expect(await log.take()).toEqual(['c']);
    expect(log.warnings).toEqual([]);
  });
});

describe('a file that is copied and truncated', () => {
  it('finds the rest of it in the copy', async () => {
    const path = logPath();
    write(path, lines(0, 3));
    const log = following(follow(path));
    await log.take();
    write(path, lines(3, 5));
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    write(path, lines(5, 20));
    expect(await log.take(5)).toEqual(lines(3, 20));
    expect(log.warnings).toEqual([]);
  });

  it('is not truncated by being copied', async () => {
    const path = logPath();
    write(path, ['a']);
    touch(path, 1);
    const log = following(follow(path));
    await log.take();
    write(path, ['b']);
    copyFileSync(path, `${path}.1`);
    touch(`${path}.1`, 2);
    write(path, ['c']);
    touch(path, 3);
    expect(await log.take(5)).toEqual(['b', 'c']);
  });

  it('notices it although the file has grown beyond what was read', async () => {
    const path = logPath();
    writeFileSync(path, 'OLD-LINE-1\nOLD-LINE-2\n');
    const log = following(follow(path));
    await log.take();
    truncateSync(path);
    write(path, ['NEW-1', 'NEW-2', 'NEW-3', 'NEW-4', 'NEW-5']);
    expect(await log.take(5)).toEqual(['NEW-1', 'NEW-2', 'NEW-3', 'NEW-4', 'NEW-5']);
    expect(log.warnings).toHaveLength(1);
    expect(log.warnings[0]).toMatch(/was cut, replaced or removed: what stood behind byte 22 .*cannot be known/);
  });
});

/** As if it had been written to last at that second: in tests all happens within the same tick of the file system. */
function touch(path: string, second: number): void {
  utimesSync(path, second, second);
}
