import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { toFile } from '../../../connectors/files/sink.ts';
import type { ToFileOptions } from '../../../connectors/files/to-file-options.ts';
import { csv } from '../../../core/format/csv.ts';
import { json } from '../../../core/format/json.ts';
import { jsonLines } from '../../../core/format/json-lines.ts';
import { text } from '../../../core/format/text.ts';
import type { Sink, SinkRequest, SinkState } from '../../../core/sink.ts';
import { obeysSinkContract, sinkRequestOf } from '../../support/connector-contract.ts';
import { folderIn, openFilesIn, tempFolder } from '../../support/temp-folder.ts';
import { filesIn } from '../../support/written-files.ts';

const folder = tempFolder();
let count = 0;
const newPath = (): string => join(folder, `${count++}.out`);
const contentOf = (path: string): string => readFileSync(path, 'utf8');

type Row = Record<string, unknown>;
const rows: readonly Row[] = [
  { a: 1, b: 'ä' },
  { a: 2, b: 'x' },
  { a: 3, b: '' },
  { a: 4, b: '\n' },
];

async function writeAll(
  path: string,
  given: readonly Row[],
  options: Partial<ToFileOptions<Row>> = {},
  request: Partial<SinkRequest> = {},
): Promise<SinkState> {
  const writer = await toFile<Row>(path, { format: jsonLines(), ...options }).open(sinkRequestOf(request));
  given.forEach((row) => writer.write(row, 0));
  const state = await writer.cut('1');
  await writer.close();
  return state;
}

const opening = (path: string): SinkState => ({ openings: [{ path, bytes: 0, isNew: true }] });

const contract = {
  rows,
  unreachable: () => toFile<Row>(join(folder, 'nowhere', 'x'), { format: jsonLines() }),
  openHandles: () => openFilesIn(folder),
};

obeysSinkContract<Row>('toFile of JSON lines', async () => {
  const path = newPath();
  const read = async (): Promise<Row[]> =>
    contentOf(path)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  return { sink: () => toFile<Row>(path, { format: jsonLines() }), contract: { ...contract, read } };
});

obeysSinkContract<Row>('toFile of CSV behind something else', async () => {
  const path = newPath();
  writeFileSync(path, 'b,a\nold,0');
  const read = async (): Promise<Row[]> => {
    const cuts = { records: [] as Row[], ends: [], lines: [], nextLines: [], broken: [] };
    const splitter = csv<Row>().splitter?.({ fields: 'all' });
    splitter?.push(readFileSync(path), cuts);
    splitter?.end(cuts);
    expect(cuts.records[0]).toEqual({ a: '0', b: 'old' });
    return cuts.records.slice(1).map((row) => ({ a: Number(row['a']), b: row['b'] }));
  };
  return { sink: () => toFile<Row>(path, { format: csv(), mode: 'append' }), contract: { ...contract, read } };
});

/** Rows of all files in a folder, parts that are not shown yet included. */
function rowsIn(below: string): Row[] {
  const files = Object.entries(filesIn(below)).map(([path, content]) => [path.replace(/^\./, ''), content] as const);
  const inOrder = files.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, content]) => content);
  const lines = inOrder.join('').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

obeysSinkContract<Row>('toFile of packed JSON lines', async () => {
  const own = folderIn(folder);
  const sink = (): Sink<Row> => toFile<Row>(join(own, 'out.jsonl.gz'), { format: jsonLines() });
  return { sink, contract: { ...contract, read: async () => rowsIn(own) } };
});

obeysSinkContract<Row>('toFile in parts', async () => {
  const own = folderIn(folder);
  const sink = (): Sink<Row> => toFile<Row>(join(own, 'out.jsonl'), { format: jsonLines(), roll: { bytes: 30 } });
  return { sink, contract: { ...contract, read: async () => rowsIn(own) } };
});

obeysSinkContract<Row>('toFile with a path by row', async () => {
  const own = folderIn(folder);
  const sink = (): Sink<Row> => toFile<Row>(({ a }) => join(own, `${Number(a) % 2}`), { format: jsonLines() });
  const byNumber = (left: Row, right: Row): number => Number(left['a']) - Number(right['a']);
  return { sink, contract: { ...contract, read: async () => rowsIn(own).toSorted(byNumber) } };
});

describe('toFile', () => {
  it('writes a header once, in front of the first row', async () => {
    const path = newPath();
    const state = await writeAll(path, rows.slice(0, 2), { format: csv() });
    expect(state).toEqual({ outputs: [{ path, bytes: 13, learnt: ['a', 'b'] }] });
    await writeAll(path, rows.slice(2), { format: csv() }, { state });
    expect(contentOf(path)).toBe('a,b\n1,ä\n2,x\n3,\n4,"\n"\n');
  });

  it('makes an empty file of no rows', async () => {
    const path = newPath();
    expect(await writeAll(path, [], { format: csv() })).toEqual({
      outputs: [{ path, bytes: 0, learnt: [] }],
    });
    expect(contentOf(path)).toBe('');
  });

  it('refuses a file that is there, unless it is its own', async () => {
    const path = newPath();
    writeFileSync(path, 'mine');
    await expect(writeAll(path, rows)).rejects.toMatchObject({ code: 'ML_FILE_EXISTS', retryable: false });
    await expect(writeAll(path, rows, {}, { notes: [opening('another')] })).rejects.toMatchObject({
      code: 'ML_FILE_EXISTS',
    });
    expect(contentOf(path)).toBe('mine');
    await writeAll(path, [{ a: 1 }], {}, { notes: [opening(path)] });
    expect(contentOf(path)).toBe('{"a":1}\n');
  });

  it('notes the file before it touches it', async () => {
    const path = newPath();
    const note = vi.fn(async (state: SinkState) => {
      expect(state).toEqual(opening(path));
      expect(existsSync(path)).toBe(false);
    });
    await writeAll(path, rows, {}, { note });
    expect(note).toHaveBeenCalledOnce();
    const refused = async (): Promise<void> => Promise.reject(new Error('the store is full'));
    await expect(writeAll(newPath(), rows, {}, { note: refused })).rejects.toMatchObject({ code: 'ML_CONNECTOR' });
    expect(openFilesIn(folder)).toBe(0);
  });

  it('empties the file under `overwrite`, and writes behind it under `append`', async () => {
    const path = newPath();
    writeFileSync(path, 'torn');
    await writeAll(path, [{ a: 1 }], { mode: 'append' });
    await writeAll(path, [{ a: 2 }], { mode: 'append' });
    expect(contentOf(path)).toBe('torn\n{"a":1}\n{"a":2}\n');
    await writeAll(path, [{ a: 3 }], { mode: 'overwrite' });
    expect(contentOf(path)).toBe('{"a":3}\n');
    const created = newPath();
    await writeAll(created, [{ a: 1 }], { mode: 'append' });
    expect(contentOf(created)).toBe('{"a":1}\n');
  });

  it('refuses a checkpoint of another file, or one that holds more than the file', async () => {
    const path = newPath();
    const state = await writeAll(path, rows);
    await expect(writeAll(newPath(), rows, {}, { state })).rejects.toThrowError('the checkpoint is of another file');
    truncateSync(path, 5);
    await expect(writeAll(path, rows, {}, { state })).rejects.toThrowError(
      `toFile: "${path}" is shorter (5 bytes) than the checkpoint says (65): it was cut or replaced`,
    );
    const gone = newPath();
    await expect(writeAll(gone, rows, {}, { state: { outputs: [{ path: gone, bytes: 9 }] } })).rejects.toMatchObject({
      code: 'ML_FILE_NOT_FOUND',
    });
    expect(openFilesIn(folder)).toBe(0);
  });

  it('throws a TypeError for a row that cannot be written, and takes the next', async () => {
    const path = newPath();
    const writer = await toFile<Row>(path, { format: csv() }).open(sinkRequestOf());
    expect(() => writer.write({ a: {} }, 0)).toThrowError(TypeError);
    expect(writer.buffered).toEqual({ records: 0, bytes: 0 });
    writer.write({ b: 1 }, 0);
    expect(() => writer.write({ c: 1 }, 0)).toThrowError(TypeError);
    await writer.cut('1');
    await writer.close();
    expect(contentOf(path)).toBe('b\n1\n');
  });

  it('counts the bytes that go to the file', async () => {
    const path = newPath();
    const writer = await toFile<string>(path, { format: text() }).open(sinkRequestOf());
    const line = 'é😀'.repeat(40_000);
    writer.write(line, 0);
    writer.write('', 0);
    expect(writer.buffered).toEqual({ records: 2, bytes: Buffer.byteLength(line) + 2 });
    expect(await writer.cut('1')).toEqual({ outputs: [{ path, bytes: Buffer.byteLength(line) + 2 }] });
    await writer.close();
    expect(contentOf(path)).toBe(`${line}\n\n`);
  });
});

describe('toFile as it is called', () => {
  it.each([
    ['', { format: text() }, 'path'],
    [['a'], { format: text() }, 'path'],
    ['a', {}, 'format'],
    ['a', { format: json() }, 'format'],
    ['a', { format: text(), mode: 'replace' }, 'mode'],
    ['a', { format: text(), roll: {} }, 'roll'],
    ['a', { format: text(), roll: 5 }, 'roll'],
    ['a', { format: text(), roll: { size: 5 } }, 'size'],
    ['a', { format: text(), roll: { bytes: 0 } }, 'roll.bytes'],
    ['a', { format: text(), roll: { bytes: 1.5 } }, 'roll.bytes'],
    ['a', { format: text(), roll: { every: '0s' } }, 'roll.every'],
    ['a.zst', { format: text() }, 'path'],
  ])('refuses %j with %o', (path, options, option) => {
    const call = toFile as (...given: unknown[]) => unknown;
    expect(() => call(path, options)).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(`\`${option}\``) as string }),
    );
  });
});
