import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../../../connectors/files/source.ts';
import { csv } from '../../../../core/format/csv.ts';
import { text } from '../../../../core/format/text.ts';
import { readUntil, requestOf } from '../../../support/connector-contract.ts';
import { lastPositions, readAll } from '../../../support/read-all.ts';
import { filesIn, openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
const file = filesIn(folder);

const openHandles = (): number => openFilesIn(folder);

describe('a file that has grown since it was read to its end', () => {
  it.each([
    ['3\n', '4\n', ['4']],
    ['3', '\n4\n', ['4']],
    ['3', '\r\n4', ['4']],
    ['3\n\n', '', []],
  ])('%j with %j behind it has the rest', async (before, more, rest) => {
    const path = file(`1\n2\n${before}`);
    const source = fromFile(path, { format: text() });
    const read = await readAll(source);
    appendFileSync(path, more);
    const again = await readAll(source, { positions: lastPositions(read) });
    expect(again.records()).toEqual({ '0': rest });
    expect(again.origins()).toEqual({ '0': rest.map(() => ({ source: path, line: 4 })) });
  });

  it('is refused where its last line goes on, for that was read as whole', async () => {
    const path = file('1\n2\n3');
    const source = fromFile(path, { format: text() });
    const positions = lastPositions(await readAll(source));
    appendFileSync(path, '4\n');
    await expect(readAll(source, { positions })).rejects.toMatchObject({
      code: 'ML_FILE_CHANGED',
      retryable: false,
      message: `fromFile: "${path}" goes on in the line that was its last, and was read as whole (byte 5)`,
    });
  });
});

describe('fromFile in a world that fails', () => {
  it('says which file is not there before it hands over a record', async () => {
    const there = file('1\n');
    const source = fromFile([there, join(folder, 'zz-missing.txt')], { format: text() });
    const reader = source.open(requestOf());
    await expect(reader.next()).rejects.toMatchObject({
      code: 'ML_FILE_NOT_FOUND',
      retryable: false,
      message: `fromFile: there is no file "${join(folder, 'zz-missing.txt')}"`,
      cause: { code: 'ENOENT' },
    });
    await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
    await reader.close();
  });

  it('refuses a folder', async () => {
    await expect(readAll(fromFile(folder, { format: text() }))).rejects.toThrowError(
      `fromFile: "${folder}" is not a file`,
    );
  });

  it('refuses a position in a file that was cut or replaced, or in another file', async () => {
    const path = file('1\n2\n3\n');
    const source = fromFile(path, { format: text() });
    const positions = lastPositions(await readAll(source));
    writeFileSync(path, '1\n2\n4\n5\n');
    await expect(readAll(source, { positions })).rejects.toThrowError(
      'is not the file that was read: its first 6 bytes',
    );
    truncateSync(path, 4);
    await expect(readAll(source, { positions })).rejects.toMatchObject({
      code: 'ML_FILE_CHANGED',
      retryable: false,
      message: `fromFile: "${path}" is shorter (4 bytes) than what was read of it (6): it was cut or replaced`,
    });
    truncateSync(path, 0);
    await expect(readAll(source, { positions })).rejects.toThrowError('is shorter (0 bytes)');
    const other = fromFile(file('x'), { format: text() });
    await expect(readAll(other, { positions })).rejects.toThrowError('which is not among the files');
    await expect(readAll(source, { positions: { '0': { offset: 4 } } })).rejects.toThrowError('is none of its own');
    expect(openHandles()).toBe(0);
  });

  it('refuses a file that begins as it did, and goes on otherwise', async () => {
    const head = 'x'.repeat(1500);
    const path = file(`${head}\n1\n2\n`);
    const source = fromFile(path, { format: text() });
    const positions = lastPositions(await readAll(source));
    writeFileSync(path, `${head}\n1\n3\n4\n`);
    await expect(readAll(source, { positions })).rejects.toThrowError(
      `"${path}" is not the file that was read: the 256 bytes before byte 1505 are others`,
    );
  });

  it('says so when the file is written anew while it is read', async () => {
    const path = file('123456\n'.repeat(20_000));
    const reader = fromFile(path, { format: text() }).open(requestOf());
    await readUntil(reader, (read) => read.batches.length === 1);
    writeFileSync(path, 'abcdef\n'.repeat(20_000));
    await expect(readUntil(reader, (read) => read.isOver)).rejects.toMatchObject({ code: 'ML_FILE_CHANGED' });
    await reader.close();
  });

  it.each(['utf16le', 'utf16be'])('refuses %s, and says what to do', async (encoding) => {
    const bytes = Buffer.from('\ufeffa,b\n', 'utf16le');
    const path = file(encoding === 'utf16be' ? bytes.swap16() : bytes);
    await expect(readAll(fromFile(path, { format: csv() }))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: false,
      message: `fromFile: "${path}" is UTF-16, as its byte order mark says, and only UTF-8 is read; \`iconv -f utf-16 -t utf-8\` makes it that`,
    });
  });

  it('says so when the file shrinks while it is read', async () => {
    const path = file('123456\n'.repeat(20_000));
    const reader = fromFile(path, { format: text() }).open(requestOf());
    await readUntil(reader, (read) => read.batches.length === 1);
    truncateSync(path, 10);
    await expect(readUntil(reader, (read) => read.isOver)).rejects.toThrowError('is shorter (10 bytes)');
    await reader.close();
  });

  it('names the file whose header names a column twice', async () => {
    const path = file('a,a\n1,2\n');
    await expect(readAll(fromFile(path, { format: csv() }))).rejects.toMatchObject({
      code: 'ML_CONNECTOR',
      retryable: false,
      message: `fromFile: cannot read "${path}": csv: two columns have the name \`a\``,
    });
  });
});
