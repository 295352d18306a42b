import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openWriter } from '../../../connectors/files/output/open-writer.ts';
import { outputSettings } from '../../../connectors/files/output/output-settings.ts';
import { csv } from '../../../core/format/csv.ts';
import { text } from '../../../core/format/text.ts';
import type { SinkState } from '../../../core/sink.ts';
import { sinkRequestOf } from '../../support/connector-contract.ts';
import { CrashingDisk } from '../../support/crashing-disk.ts';
import { onlyOne } from '../../support/file-lives.ts';
import { openFilesIn, tempFolder } from '../../support/temp-folder.ts';
import { opened } from '../../support/written-files.ts';

const folder = tempFolder();
let count = 0;
const newPath = (): string => join(folder, `${count++}.out`);
const lines = { format: text() };

describe('a file that somebody else touches while the job writes it', () => {
  it.each<[string, (path: string) => void]>([
    ['moved away', (path) => renameSync(path, `${path}.1`)],
    ['removed', (path) => rmSync(path)],
    ['replaced', (path) => (renameSync(path, `${path}.1`), writeFileSync(path, 'row\nrow\n'))],
    ['cut', (path) => truncateSync(path, 2)],
    ['appended to', (path) => appendFileSync(path, 'mine\n')],
  ])('is not told to be durable when it was %s', async (_, act) => {
    const path = newPath();
    const { write, writer, checkpoint } = await opened<string>(path, lines);
    write('row');
    await checkpoint();
    act(path);
    write('row');
    await expect(writer.cut('2')).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: false });
    await expect(writer.cut('3')).rejects.toThrowError(/somebody (else )?has/);
    await writer.close();
    expect(openFilesIn(folder)).toBe(0);
  });
});

describe('two that write to the same file', () => {
  it('refuses the second, in the same process and under another name', async () => {
    const path = newPath();
    const { writer } = await opened<string>(path, lines);
    await expect(opened<string>(path, { ...lines, mode: 'append' })).rejects.toMatchObject({
      code: 'ML_LOCKED',
      retryable: false,
      message: expect.stringMatching(/^toFile: ".*" is in use by process \d+ on .* \(this one\)$/) as string,
    });
    const byRow = await opened<string>(
      () => join(folder, 'x', '..', path.slice(folder.length + 1)).replace('/x/..', ''),
      {
        ...lines,
        mode: 'append',
      },
    );
    byRow.write('a');
    await expect(byRow.writer.send()).rejects.toMatchObject({ code: 'ML_LOCKED' });
    await writer.close();
    await opened<string>(path, { ...lines, mode: 'append' });
  });

  it('misses a lock that was taken away, before it says that something is durable', async () => {
    const path = newPath();
    const { write, writer } = await opened<string>(path, lines);
    write('row');
    rmSync(join(folder, `.${path.slice(folder.length + 1)}.lock`));
    await expect(writer.cut('1')).rejects.toMatchObject({ code: 'ML_LOCKED', retryable: false });
  });
});

describe('a file that comes into being in between', () => {
  it('is refused, and the note is withdrawn', async () => {
    const disk = new CrashingDisk();
    const notes: SinkState[] = [];
    const note = async (state: SinkState): Promise<void> => {
      notes.push(state);
      if (notes.length === 1) disk.put('out', 'mine');
    };
    const world = { disk, processes: onlyOne(1) };
    await expect(openWriter(outputSettings('out', lines), sinkRequestOf({ note }), world)).rejects.toMatchObject({
      code: 'ML_FILE_EXISTS',
    });
    expect(notes).toEqual([{ openings: [{ path: 'out', bytes: 0, isNew: true }] }, { withdrawn: 'out' }]);
    await expect(openWriter(outputSettings('out', lines), sinkRequestOf({ notes }), world)).rejects.toMatchObject({
      code: 'ML_FILE_EXISTS',
    });
    expect(disk.files()).toEqual({ out: 'mine' });
  });
});

describe('what is behind the last line', () => {
  it('is not glued to, and is not forgotten when the job dies before its first row', async () => {
    const path = newPath();
    writeFileSync(path, '{"a":2');
    const options = { ...lines, mode: 'append' } as const;
    const first = await opened<string>(path, options);
    const state = await first.checkpoint();
    expect(state).toEqual({ outputs: [{ path, bytes: 6, front: '\n' }] });
    first.write('lost');
    await first.writer.send();
    await first.writer.close();
    const again = await opened<string>(path, options, { state });
    again.write('{"a":3}');
    await again.checkpoint();
    expect(readFileSync(path, 'utf8')).toBe('{"a":2\n{"a":3}\n');
  });

  it.each([
    ['a,b\n1,"torn', 'line 2'],
    ['a,b\n1,2\n3,"torn\n', 'line 3'],
    ['a,b\n1,"x\ny"\n2,"""x', 'line 4'],
  ])('is not written into, where it is within a quoted cell: %j', async (content, place) => {
    for (const packed of ['', '.gz']) {
      const path = `${newPath()}${packed}`;
      writeFileSync(path, packed === '' ? content : gzipSync(content));
      await expect(opened<object>(path, { format: csv(), mode: 'append' })).rejects.toThrowError(
        `toFile: "${path}" ends within the record that begins on ${place}, and what is written behind it would become part of that`,
      );
    }
  });

  it.each(['a,b\n1,"x\ny"\n', 'a,b\n1,"x"', 'a,b\n1,x"y'])(
    'is written behind where its cells are closed: %j',
    async (content) => {
      const path = newPath();
      writeFileSync(path, content);
      const { write, checkpoint } = await opened<object>(path, { format: csv(), mode: 'append' });
      write({ a: 5, b: '"' });
      await checkpoint();
      expect(readFileSync(path, 'utf8')).toBe(`${content}${content.endsWith('\n') ? '' : '\n'}5,""""\n`);
    },
  );

  it('goes on with the order of the columns where the file does not name them', async () => {
    const path = newPath();
    const first = await opened<object>(path, { format: csv({ header: false }) });
    first.write({ a: 1, b: 2 });
    const state = await first.checkpoint();
    await first.writer.close();
    const again = await opened<object>(path, { format: csv({ header: false }) }, { state });
    again.write({ b: 4, a: 3 });
    await again.checkpoint();
    expect(readFileSync(path, 'utf8')).toBe('1,2\n3,4\n');
  });
});

describe('a state that is none', () => {
  it.each<[string, SinkState]>([
    ['of another sink', { offset: 3 }],
    ['without a length', { outputs: [{ path: 'x' }] }],
    ['with a length that is none', { outputs: [{ path: 'x', bytes: -1 }] }],
    ['with parts that are none', { outputs: [{ path: 'x', parts: { next: 1, ended: [{ number: 1 }] } }] }],
  ])('%s is refused', async (_, state) => {
    await expect(opened<string>(newPath(), lines, { state })).rejects.toThrowError(
      'toFile: the checkpoint holds what is none of its own',
    );
    await expect(opened<string>(newPath(), lines, { notes: [state] })).rejects.toThrowError('none of its own');
  });

  it('says what is in the way', async () => {
    const path = newPath();
    mkdirSync(path);
    await expect(opened<string>(path, { ...lines, mode: 'append' })).rejects.toThrowError(
      `toFile: "${path}" is not a file`,
    );
    const headless = newPath();
    writeFileSync(headless, 'a,a\n');
    await expect(opened<object>(headless, { format: csv(), mode: 'append' })).rejects.toThrowError(
      `toFile: cannot open "${headless}": csv: two columns have the name \`a\``,
    );
    expect(openFilesIn(folder)).toBe(0);
  });
});
