import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../core/format/csv.ts';
import { text } from '../../../core/format/text.ts';
import type { ToFileOptions } from '../../../connectors/files/to-file-options.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { opened } from '../../support/written-files.ts';

const folder = tempFolder();
let count = 0;
const newPath = (): string => join(folder, `${count++}.log.gz`);
const lines: ToFileOptions<string> = { format: text() };
const unpacked = (path: string): string => gunzipSync(readFileSync(path)).toString();

/** What a reader gets of a file whose last member is not complete. */
function readable(bytes: Uint8Array): string {
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
}

describe('toFile of a path that ends with .gz', () => {
  it('ends a member at each cut, so that what is before it can be read by itself', async () => {
    const path = newPath();
    const { writer, write } = await opened<string>(path, lines);
    const lengths: number[] = [];
    for (const line of ['one', 'two', 'three']) {
      write(line, line);
      await writer.send();
      write(line);
      const state = await writer.cut('x');
      lengths.push((state['outputs'] as unknown as { bytes: number }[])[0]?.bytes ?? 0);
    }
    await writer.close();
    const bytes = readFileSync(path);
    expect(lengths.at(-1)).toBe(bytes.length);
    expect(lengths.map((length) => gunzipSync(bytes.subarray(0, length)).toString().split('\n').length - 1)).toEqual([
      3, 6, 9,
    ]);
    const [first = 0, second = 0] = lengths;
    expect(gunzipSync(bytes.subarray(first, second)).toString()).toBe('two\ntwo\ntwo\n');
  });

  it('can be read up to the last send, though its member is not complete', async () => {
    const path = newPath();
    const { writer, write } = await opened<string>(path, lines);
    write('one');
    await writer.send();
    write('two');
    await writer.send();
    expect(readable(readFileSync(path))).toBe('one\ntwo\n');
    expect(() => unpacked(path)).toThrowError('unexpected end of file');
  });

  it('goes on behind a member that was cut off', async () => {
    const path = newPath();
    const first = await opened<string>(path, lines);
    first.write('one');
    const state = await first.checkpoint();
    first.write('lost');
    await first.writer.send();
    await first.writer.close();
    const again = await opened<string>(path, lines, { state });
    again.write('two');
    await again.checkpoint();
    expect(unpacked(path)).toBe('one\ntwo\n');
  });

  it('is a whole file of nothing where there are no rows, and one member where there is nothing new', async () => {
    const path = newPath();
    const { write, checkpoint } = await opened<string>(path, lines);
    await checkpoint();
    expect(unpacked(path)).toBe('');
    const empty = readFileSync(path).length;
    await checkpoint();
    expect(readFileSync(path)).toHaveLength(empty);
    write('one');
    await checkpoint();
    expect(unpacked(path)).toBe('one\n');
  });

  it('packs large rows, and many', async () => {
    const path = newPath();
    const { writer, write } = await opened<string>(path, lines);
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index} ${'x'.repeat(index % 300)}`);
    write(...rows.slice(0, 10_000));
    await writer.send();
    write(...rows.slice(10_000), 'y'.repeat(5_000_000));
    await writer.cut('1');
    expect(unpacked(path)).toBe(`${rows.join('\n')}\n${'y'.repeat(5_000_000)}\n`);
    expect(readFileSync(path).length).toBeLessThan(400_000);
  });
});

describe('toFile that appends to a packed file', () => {
  const append = { ...lines, mode: 'append' } as const;

  it.each([
    ['', 'new\n'],
    ['old\n', 'old\nnew\n'],
    ['torn', 'torn\nnew\n'],
  ])('of %j', async (content, expected) => {
    const path = newPath();
    if (content !== '') writeFileSync(path, Buffer.concat([gzipSync(''), gzipSync(content)]));
    const { write, checkpoint } = await opened<string>(path, append);
    write('new');
    await checkpoint();
    expect(unpacked(path)).toBe(expected);
  });

  it('finds the columns in it', async () => {
    const path = join(folder, 'columns.csv.gz');
    writeFileSync(path, gzipSync('b,a\n1,2\n'));
    const { write, checkpoint } = await opened<object>(path, { format: csv(), mode: 'append' });
    write({ a: 4, b: 3 });
    await checkpoint();
    expect(unpacked(path)).toBe('b,a\n1,2\n3,4\n');
  });

  const member = gzipSync('old\n'.repeat(1000));
  it.each([
    ['is torn', member.subarray(0, -1)],
    ['is torn within its header', Buffer.concat([member, member.subarray(0, 5)])],
    ['has something else behind it', Buffer.concat([member, Buffer.from('something else')])],
    ['has zeros behind it', Buffer.concat([member, Buffer.alloc(512)])],
    ['is not packed', Buffer.from('plain text\n')],
    ['is damaged', Buffer.concat([member.subarray(0, 30), Buffer.alloc(4, 0xff), member.subarray(34)])],
  ])('refuses one that %s: nobody would find what is written behind that', async (_, bytes) => {
    const path = newPath();
    writeFileSync(path, bytes);
    await expect(opened<string>(path, append)).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: false,
      message: `toFile: "${path}" does not end with a whole gzip member, and no reader would find what is written behind it`,
    });
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
  });
});

it('is what other readers take, member by member', async () => {
  const path = newPath();
  const { writer, write } = await opened<string>(path, lines);
  for (let index = 0; index < 5; index++) {
    write(`line ${index}`);
    await writer.cut(String(index));
  }
  const gunzip = createGunzip();
  gunzip.end(readFileSync(path));
  let got = '';
  for await (const bytes of gunzip) got += String(bytes);
  expect(got).toBe('line 0\nline 1\nline 2\nline 3\nline 4\n');
});
