import { writeFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../../../connectors/files/source.ts';
import { csv } from '../../../../core/format/csv.ts';
import { text } from '../../../../core/format/text.ts';
import type { SourceNotice } from '../../../../core/source.ts';
import { type Reading, readUntil, requestOf } from '../../../support/connector-contract.ts';
import { lastPositions, readAll } from '../../../support/read-all.ts';
import { filesIn, openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
const inFolder = filesIn(folder);
let count = 0;
const file = (content: Uint8Array, extension: string): string => inFolder(content, `${count++}${extension}`);

const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${Math.sin(index)} é`);
const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
const readPacked = (bytes: Uint8Array, notice?: (notice: SourceNotice) => void) =>
  readAll(fromFile(file(bytes, '.gz'), { format: text() }), notice === undefined ? {} : { notice });

/** Behind each record. */
function statesIn({ batches }: Reading<string>): unknown[] {
  return batches.flatMap((batch) => batch.records.map((_, index) => batch.positionAfter(index + 1)['state']));
}

/** What comes before it fails, and how it fails. */
async function failing(path: string): Promise<{ readonly read: Reading<string>; readonly error: unknown }> {
  const reader = fromFile(path, { format: text() }).open(requestOf());
  let read: Reading<string> | undefined;
  const error = await readUntil(reader, (each) => {
    read = each;
    return false;
  }).catch((cause: unknown) => cause);
  await reader.close();
  return { read: read as Reading<string>, error };
}

describe('a gzip file', () => {
  it('is read as its content is, with positions in its content', async () => {
    const plain = await readAll(fromFile(file(content, '.txt'), { format: text() }));
    const packed = await readPacked(zlib.gzipSync(content));
    expect(packed.records()).toEqual(plain.records());
    expect(statesIn(packed)).toEqual(statesIn(plain));
  });

  it('may have any number of members, of any length, with all that a header may hold', async () => {
    const cuts = fc.array(fc.nat(content.length), { maxLength: 6 }).map((at) => at.toSorted((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(cuts, fc.nat(40), async (at, zeros) => {
        const ends = [...at, content.length];
        const members = ends.map((end, index) => member(content.subarray(ends[index - 1] ?? 0, end), index));
        const read = await readPacked(Buffer.concat([...members, Buffer.alloc(zeros)]));
        expect(read.records()).toEqual({ '0': lines });
      }),
      { numRuns: 20 },
    );
  });

  it('that was cut anywhere gives the records that are whole, and then fails', async () => {
    const small = ['one', 'two', 'three'].map((line) => zlib.gzipSync(`${line}\n`));
    const whole = Buffer.concat(small);
    const borders = [small[0]!.length, small[0]!.length + small[1]!.length];
    for (let length = 0; length < whole.length; length++) {
      const path = file(whole.subarray(0, length), '.gz');
      const { read, error } = await failing(path);
      const isBorder = borders.includes(length);
      const unpacked = prefixOf(whole.subarray(0, length));
      expect(read.records()['0'] ?? []).toEqual(unpacked.split('\n').slice(0, -1));
      expect(read.ended).toEqual(isBorder ? ['0'] : []);
      if (isBorder) continue;
      expect(error).toMatchObject({ code: 'ML_CONNECTOR', retryable: false });
      expect(String(error)).toContain(`"${path}" is no whole gzip file, it ends in the middle`);
    }
    expect(openFilesIn(folder)).toBe(0);
  });

  it('that is cut gives all that can be unpacked, however far apart its chunks are', async () => {
    const packed = zlib.gzipSync(content);
    for (const length of [100, 5_000, packed.length - 9, packed.length - 1]) {
      const { read } = await failing(file(packed.subarray(0, length), '.gz'));
      expect(read.records()['0'] ?? []).toEqual(prefixOf(packed.subarray(0, length)).split('\n').slice(0, -1));
    }
  });

  it.each([
    ['is none', Buffer.from('a\nb\n'), 'it is damaged: it does not begin as gzip does'],
    ['has another checksum', corrupted(zlib.gzipSync('a\n'), -8), 'it is damaged: its checksum is another'],
    ['has another length', corrupted(zlib.gzipSync('a\n'), -4), 'it is damaged: its checksum is another'],
    ['has broken data', corrupted(zlib.gzipSync(content), 200), 'it is damaged: '],
    ['is packed in another way', corrupted(zlib.gzipSync('a\n'), 2), 'a way that gzip does not know'],
  ])('that %s fails', async (_, bytes, message) => {
    const { read, error } = await failing(file(bytes, '.gz'));
    expect(error).toMatchObject({ code: 'ML_CONNECTOR', retryable: false });
    expect(String(error)).toContain(message);
    expect(read.ended).toEqual([]);
  });

  it.each(['garbage that goes on for a while', '\u001fx'])(
    'may have something behind its end: %j is passed over, and that is said',
    async (garbage) => {
      const notices: SourceNotice[] = [];
      const bytes = zlib.gzipSync('a\nb\n');
      const read = await readPacked(Buffer.concat([bytes, Buffer.from(garbage)]), (notice) => notices.push(notice));
      expect(read.records()).toEqual({ '0': ['a', 'b'] });
      expect(notices).toEqual([{ kind: 'warning', message: expect.stringContaining(`at byte ${bytes.length}: that`) }]);
    },
  );

  it('fails where what is behind its end may be the first byte of a member', async () => {
    const all = Buffer.concat([zlib.gzipSync('a\n'), Buffer.of(0x1f)]);
    await expect(readPacked(all)).rejects.toThrowError('it ends in the middle');
  });

  it('is refused at a position that is none of its own', async () => {
    const path = file(zlib.gzipSync(content), '.gz');
    const source = fromFile(path, { format: text() });
    const positions = lastPositions(await readAll(source));
    writeFileSync(path, zlib.gzipSync(content.subarray(0, 5000)));
    await expect(readAll(source, { positions })).rejects.toThrowError(/is shorter \(5000 bytes unpacked\)/);
    writeFileSync(path, zlib.gzipSync(Buffer.from(content).fill('x', 10, 20)));
    await expect(readAll(source, { positions })).rejects.toMatchObject({ code: 'ML_FILE_CHANGED', retryable: false });
  });

  it('is read as it lies there where that is said, and unpacked where its name does not say it', async () => {
    const path = file(zlib.gzipSync('a,b\n1,2\n'), '.data');
    const source = fromFile(path, { format: csv(), compression: 'gzip' });
    expect((await readAll(source)).records()).toEqual({ '0': [{ a: '1', b: '2' }] });
    const raw = fromFile(file(Buffer.from('a\n'), '.gz'), { format: text(), compression: 'none' });
    expect((await readAll(raw)).records()).toEqual({ '0': ['a'] });
  });

  it('tells progress in bytes of the disk', async () => {
    const packed = zlib.gzipSync(content);
    const reader = fromFile(file(packed, '.gz'), { format: text() }).open(requestOf());
    await readUntil(reader, (read) => read.isOver);
    expect(reader.progress?.()).toEqual({ done: packed.length, total: packed.length, unit: 'bytes' });
    await reader.close();
  });
});

/** A member with everything in its header that may be there. */
function member(bytes: Uint8Array, kind: number): Uint8Array {
  const packed = zlib.gzipSync(bytes, { level: kind % 10 });
  const flags = [0, 0x04, 0x08, 0x10, 0x02, 0x1e][kind % 6] as number;
  const extra = (flags & 0x04) === 0 ? '' : '\u0003\u0000abc';
  const texts = ((flags & 0x08) === 0 ? '' : 'name\0') + ((flags & 0x10) === 0 ? '' : 'a comment\0');
  const check = (flags & 0x02) === 0 ? '' : 'xx';
  packed[3] = flags;
  return Buffer.concat([packed.subarray(0, 10), Buffer.from(extra + texts + check), packed.subarray(10)]);
}

function corrupted(bytes: Buffer, at: number): Buffer {
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] as number) ^ 0xff;
  return bytes;
}

/** What Node can unpack of what was cut. */
function prefixOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  return zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString();
}
